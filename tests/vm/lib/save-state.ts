/** Boots the guest once and saves the state of its desktop, so that each test resumes it in seconds. */
import { join } from 'node:path';
import { execFileAsync, makeDirectory, until } from '../../servers/process.ts';
import { freePort } from '../../servers/ports.ts';
import { launchVm } from '../../servers/vm.ts';
import { stateName, type Snapshot } from '../../servers/vm-machine.ts';

/** All of the desktop is up, and what the boot has left to do cannot move pictures in the tests. */
const desktopIsReady = [
  'pgrep -x spice-vdagentd',
  'pgrep -x spice-vdagent',
  'pgrep -x openbox',
  'xdotool search --onlyvisible --class xterm',
  // Also `degraded`: a unit that failed is over as well.
  'systemctl is-system-running | grep -Ex "running|degraded"',
  'test -z "$(systemctl list-jobs --no-legend)"',
  // The prompt of the xterm's shell.
  'pgrep -x bash -P "$(pgrep -x xterm)"',
].join(' && ');

/** Makes the disk of `snapshot` in directory `image`, on top of the guest's, with the state in it. */
export async function saveState(image: string, snapshot: Snapshot): Promise<void> {
  const disk = join(image, `${snapshot}.qcow2`);
  await execFileAsync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', 'guest.raw', '-F', 'raw', disk]);
  const port = await freePort();
  const spice = `port=${port},addr=127.0.0.1,disable-ticketing=on`;
  const dir = makeDirectory('vm-boot-');
  const vm = await launchVm({ snapshot, image, disk, dir, spice, resume: false }, port);
  try {
    const begin = Date.now();
    await until('the guest’s desktop', () => vm.exec(desktopIsReady), { timeout: 600_000, interval: 1000 });
    // Pages that are written later would be written again by every test.
    await vm.exec('sync');
    let quiet = 0;
    // Idle means: over one second less than a tenth of both processors, three times in a row.
    await until(
      'an idle guest',
      async () => {
        const idle = await vm.exec(`read -r _ a b c d _ </proc/stat; sleep 1; read -r _ e f g h _ </proc/stat
          echo $((100 * (h - d) / (e + f + g + h - a - b - c - d + 1)))`);
        quiet = Number(idle) >= 90 ? quiet + 1 : 0;
        return quiet >= 3;
      },
      { timeout: 120_000, interval: 0 },
    );
    console.log(`${snapshot}: idle ${Math.round((Date.now() - begin) / 1000)} s after its agent came`);
    const saved = await vm.qmp.execute<string>('human-monitor-command', {
      'command-line': `savevm ${stateName}`,
    });
    if (saved.trim() !== '') throw new Error(`savevm: ${saved}`);
  } finally {
    await vm.stop();
  }
}
