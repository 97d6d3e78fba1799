/** Boots the guest once and saves the state of its desktop, so that each test resumes it in seconds. */
import { join } from 'node:path';
import { execFileAsync, makeDirectory, until } from '../../servers/process.ts';
import { freePort } from '../../servers/ports.ts';
import { launchVm } from '../../servers/vm.ts';
import { STATE_NAME, type Snapshot } from '../../servers/vm-machine.ts';

const desktopIsUp = [
  'pgrep -x spice-vdagentd',
  'pgrep -x spice-vdagent',
  'pgrep -x openbox',
  'xdotool search --onlyvisible --class xterm',
].join(' && ');

/**
 * What the boot has left to do must not move pictures in the tests: waits until both processors were idle for three
 * seconds in a row, or for ten seconds: where the host is busy the guest never looks idle.
 */
const SETTLE = `
quiet=0 seconds=0
while [ $quiet -lt 3 ] && [ $seconds -lt 10 ]; do
  read -r _ user1 nice1 system1 idle1 _ </proc/stat
  sleep 1
  read -r _ user2 nice2 system2 idle2 _ </proc/stat
  busy=$((user2 + nice2 + system2 - user1 - nice1 - system1))
  if [ $((idle2 - idle1)) -gt $((4 * busy)) ]; then quiet=$((quiet + 1)); else quiet=0; fi
  seconds=$((seconds + 1))
done
sync
echo $seconds
`;

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

/** Makes the disk of `snapshot` in directory `image`, on top of the guest's, with the state in it. */
export async function saveState(image: string, snapshot: Snapshot): Promise<void> {
  const disk = join(image, `${snapshot}.qcow2`);
  await execFileAsync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', 'guest.raw', '-F', 'raw', disk]);
  const begin = Date.now();
  const port = await freePort();
  const spice = `port=${port},addr=127.0.0.1,disable-ticketing=on`;
  const dir = makeDirectory('vm-boot-');
  const vm = await launchVm({ snapshot, image, disk, dir, spice, resume: false }, port);
  try {
    await until('the guest’s desktop', () => vm.exec(desktopIsUp), { timeout: 600_000, interval: 1000 });
    await vm.exec('systemctl is-system-running --wait || true');
    const settled = (await vm.exec(SETTLE)).trim();
    console.log(`${snapshot}: a desktop after ${seconds(begin)} s, of which ${settled} s to settle`);
    const saved = await vm.qmp.execute<string>('human-monitor-command', {
      'command-line': `savevm ${STATE_NAME}`,
    });
    if (saved.trim() !== '') throw new Error(`savevm: ${saved}`);
  } finally {
    await vm.stop();
  }
}
