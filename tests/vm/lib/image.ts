/** The Debian guest's image: where it is kept, whether it can be built here, and how. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { missingPrograms } from '../../servers/programs.ts';
import { execFileAsync, makeDirectory, sleep, startProcess, until } from '../../servers/process.ts';
import { freePort } from '../../servers/ports.ts';
import { launchVm } from '../../servers/vm.ts';
import { snapshots, stateName, type Snapshot } from '../../servers/vm-machine.ts';

const here = join(import.meta.dirname, '..');

/** All that the image is made from; a saved state also needs the QEMU that saved it. */
function recipeHash(): string {
  const hash = createHash('sha256');
  const guest = readdirSync(join(here, 'guest'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const files = [join(here, 'build-image.sh'), join(here, '..', 'servers', 'vm-machine.ts'), ...guest];
  for (const file of files) hash.update(file.slice(here.length)).update(readFileSync(file));
  const { stdout } = spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
  return hash
    .update(stdout ?? '')
    .digest('hex')
    .slice(0, 16);
}

const cache = () => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'spice-viewer');

/** The image's directory, which is there only when the image is complete. */
export const imageDirectory = (): string => join(cache(), `vm-${recipeHash()}`);

const isRoot = () => process.getuid?.() === 0;
const maySudo = () => spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;

/** Why there is no virtual machine here, in one line; undefined when there is one or it can be built. */
export function whyNoVm(): string | undefined {
  const missing = missingPrograms('vm');
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  if (existsSync(imageDirectory())) return undefined;
  const toBuild = missingPrograms('vmImage');
  if (toBuild.length > 0) return `needs ${toBuild.join(', ')} to build the guest’s image`;
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) {
    return 'builds the guest’s image from Debian’s packages, on Debian only';
  }
  return isRoot() || maySudo() ? undefined : 'needs root to build the guest’s image';
}

/** Boots a new disk on top of the guest's and saves the state of its desktop in it. */
async function saveState(image: string, snapshot: Snapshot): Promise<void> {
  const disk = join(image, `${snapshot}.qcow2`);
  await execFileAsync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', 'guest.qcow2', '-F', 'qcow2', disk]);
  const port = await freePort();
  const spice = `port=${port},addr=127.0.0.1,disable-ticketing=on`;
  const dir = makeDirectory('vm-boot-');
  const vm = await launchVm({ snapshot, image, disk, dir, spice, resume: false }, port);
  try {
    const desktop =
      'pgrep -x spice-vdagentd && pgrep -x spice-vdagent && pgrep -x openbox && ' +
      'xdotool search --onlyvisible --class xterm';
    await until('the guest’s desktop', () => vm.exec(desktop), { timeout: 600_000, interval: 1000 });
    // What the boot has left to do must not move pictures in the tests.
    await vm.exec('systemctl is-system-running --wait || true');
    await sleep(5000);
    const saved = await vm.qmp.execute<string>('human-monitor-command', {
      'command-line': `savevm ${stateName}`,
    });
    if (saved.trim() !== '') throw new Error(`savevm: ${saved}`);
  } finally {
    await vm.stop();
  }
}

/** Runs as the only builder of this machine (see `ensureImage`). */
export async function buildImage(): Promise<void> {
  const image = imageDirectory();
  if (existsSync(image)) return;
  const growing = `${image}.part`;
  const sudo = isRoot() ? [] : ['sudo', '-n'];
  const asRoot = (...command: string[]) => {
    const [program = '', ...args] = [...sudo, ...command];
    execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  };
  // What a builder that was killed has left.
  asRoot('sh', '-c', 'umount "$0/rootfs/proc" 2>/dev/null; rm -rf --one-file-system "$0"', growing);
  mkdirSync(growing, { recursive: true });
  chmodSync(growing, 0o755);
  asRoot(join(here, 'build-image.sh'), growing);
  console.log('Booting the guest, to save its state');
  await Promise.all(snapshots.map((snapshot) => saveState(growing, snapshot)));
  renameSync(growing, image);
  // Images of earlier recipes are of no use any more.
  for (const name of readdirSync(cache())) {
    const old = join(cache(), name);
    if (/^vm-[0-9a-f]{16}$/.test(name) && old !== image) rmSync(old, { recursive: true, force: true });
  }
}

/** Builds the image unless it is there. Of several at once only one builds and the others wait for it. */
export async function ensureImage(): Promise<void> {
  if (existsSync(imageDirectory())) return;
  mkdirSync(cache(), { recursive: true });
  console.log(`Building the Debian guest (minutes, once) into ${imageDirectory()}`);
  // The kernel lets go of the lock however its holder ends.
  const builder = startProcess('flock', [
    join(cache(), 'vm.lock'),
    process.execPath,
    '--import',
    'tsx',
    join(here, 'build-image.ts'),
  ]);
  let shown = 0;
  while (builder.running) {
    await Promise.race([builder.exited, sleep(1000)]);
    process.stdout.write(builder.log().slice(shown));
    shown = builder.log().length;
  }
  if (!existsSync(imageDirectory())) throw new Error(`the guest’s image was not built:\n${builder.log()}`);
}
