/** Where the Debian guest's image is kept: a directory outside the repository, named after all that it is made from. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

const vmFolder = join(import.meta.dirname, '..');

/** A saved state also needs the QEMU that saved it. */
function recipeHash(): string {
  const guest = readdirSync(join(vmFolder, 'guest'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const files = [
    join(vmFolder, 'build-image.sh'),
    join(vmFolder, 'lib', 'save-state.ts'),
    join(vmFolder, '..', 'servers', 'vm-machine.ts'),
    ...guest,
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(file.slice(vmFolder.length)).update(readFileSync(file));
  const { stdout } = spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
  hash.update(stdout ?? '').update(readFileSync('/etc/os-release'));
  return hash.digest('hex').slice(0, 16);
}

/** The directory of all images. */
export function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'spice-viewer');
}

let known: string | undefined;

/** The image's directory, which is there only when the image is complete. */
export function imageDirectory(): string {
  return join(cacheDirectory(), `vm-${(known ??= recipeHash())}`);
}

/** Names of complete images, and of those that were being made, in the cache. */
export function isImage(name: string): boolean {
  return /^vm-[0-9a-f]{16}$/.test(name);
}
export function isPart(name: string): boolean {
  return /^vm-[0-9a-f]{16}\.part$/.test(name);
}
