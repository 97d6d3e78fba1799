/** The Debian guest's image: whether it can be built here, and how. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { statfsSync, statSync, utimesSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { missingPrograms } from '../../servers/programs.ts';
import { sleep, startProcess } from '../../servers/process.ts';
import { snapshots } from '../../servers/vm-machine.ts';
import { cacheDirectory, imageDirectory, isImage, isPart } from './recipe.ts';
import { saveState } from './save-state.ts';

const vmFolder = join(import.meta.dirname, '..');

function isRoot() {
  return process.getuid?.() === 0;
}
function succeeds(program = '', ...args: string[]) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

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
  mkdirSync(cacheDirectory(), { recursive: true });
  const { bavail, bsize } = statfsSync(cacheDirectory());
  // The packages beside the disk that is made of them, then two states; each running guest copies one.
  if (bavail * bsize < 4e9) return `needs 4 GB in ${cacheDirectory()} for the guest’s image`;
  return isRoot() || succeeds('sudo', '-n', 'true') ? undefined : 'needs root to build the guest’s image';
}

/** Images of other recipes (other branches may use them) go when nobody has used them for three days. */
function prune(): void {
  const old = Date.now() - 3 * 24 * 3600 * 1000;
  for (const name of readdirSync(cacheDirectory())) {
    const path = join(cacheDirectory(), name);
    if (isImage(name) && path !== imageDirectory() && statSync(path).mtimeMs < old) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

/** Runs as the only builder of this machine (see `ensureImage`). */
export async function buildImage(): Promise<void> {
  const image = imageDirectory();
  if (existsSync(image)) return;
  const growing = `${image}.part`;
  const root = isRoot() ? [] : ['sudo', '-n'];
  const asRoot = (...command: string[]) => {
    const [program = '', ...args] = [...root, ...command];
    execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  };
  // What builders that were killed have left. Nothing is mounted there any more: their namespace is gone.
  for (const name of readdirSync(cacheDirectory()).filter(isPart)) {
    asRoot('rm', '-rf', '--one-file-system', join(cacheDirectory(), name));
  }
  mkdirSync(growing, { recursive: true });
  chmodSync(growing, 0o755);
  // With its builder everything that it runs must die, or the next builder would meet it.
  const alone = [
    'setpriv',
    '--pdeathsig',
    'KILL',
    '--',
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
  ];
  const prefix = succeeds(...root, ...alone, 'true') ? alone : [];
  asRoot(...prefix, 'bash', join(vmFolder, 'build-image.sh'), growing);
  console.log('Booting the guest, to save its state');
  await Promise.all(snapshots.map((snapshot) => saveState(growing, snapshot)));
  renameSync(growing, image);
}

/** Builds the image unless it is there. Of several at once only one builds and the others wait for it. */
export async function ensureImage(): Promise<void> {
  const image = imageDirectory();
  if (!existsSync(image)) {
    mkdirSync(cacheDirectory(), { recursive: true });
    console.log(`Building the Debian guest (two to four minutes, once) into ${image}`);
    const begin = Date.now();
    // The kernel lets go of the lock however its holder ends, and ends the holder with this process.
    const builder = startProcess('flock', [
      '--no-fork',
      join(cacheDirectory(), 'vm.lock'),
      process.execPath,
      '--import',
      'tsx',
      join(vmFolder, 'build-image.ts'),
    ]);
    let shown = 0;
    while (builder.running) {
      await Promise.race([builder.exited, sleep(1000)]);
      process.stdout.write(builder.log().slice(shown));
      shown = builder.log().length;
    }
    if (!existsSync(image)) throw new Error(`the guest’s image was not built:\n${builder.log()}`);
    console.log(`The Debian guest is there, after ${Math.round((Date.now() - begin) / 1000)} s`);
  }
  const now = new Date();
  utimesSync(image, now, now);
  prune();
}
