/**
 * `npm run size`: what a page loads, gzipped, by when it does, beside its budget. Fails where a file is above its
 * budget, or where the build made a file that has none.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { settings } from '../web/api/settings.ts';

const dist = join(import.meta.dirname, '..', 'dist');
const KB = 1000;

/** One of them is loaded, when text is typed on it; that of the US is always there. */
const layouts = settings.keyboardLayout.values.filter((name) => name !== 'us' && name !== 'none');

/** Kilobytes that each file may have, gzipped. A `total` is over what its module imports, itself included. */
const BUDGETS: readonly {
  when: string;
  files: Readonly<Record<string, number>>;
  total?: [string, number];
}[] = [
  {
    when: 'until connect()',
    files: { 'spice-viewer.js': 30, 'spice-core.js': 22, 'spice-lit.js': 8 },
    total: ['spice-viewer.js', 60],
  },
  {
    when: 'until connect(), the client alone',
    files: { 'spice-client.js': 0.5 },
    total: ['spice-client.js', 23],
  },
  { when: "the bridge's page, beside the element", files: { 'app/index.html': 1, 'app/app.js': 5 } },
  {
    when: 'when a session begins',
    files: { 'spice-session-worker.js': 30, 'spice-display-worker.js': 66 },
  },
  {
    when: 'on demand',
    files: {
      'spice-decode-worker.js': 14,
      'spice-worklet.js': 3,
      'chunks/dialogs.js': 2,
      'chunks/microphone-input.js': 2,
      'chunks/speaker-output.js': 2,
      'chunks/stats-overlay.js': 3,
      'chunks/type-text.js': 3,
      ...Object.fromEntries(layouts.map((name) => [`chunks/layout-${name}.js`, 1])),
    },
  },
  { when: 'all in one file', files: { 'spice-viewer.single.js': 136 } },
];

function gzipped(file: string): number {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
}

/** A module and all that it imports statically. */
function closureOf(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(join(dist, file), 'utf8');
  for (const [, path = ''] of source.matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g)) {
    closureOf(posix.join(posix.dirname(file), path), found);
  }
  return found;
}

let failures = 0;

function line(name: string, bytes: number, budget: number): void {
  const isAbove = bytes > budget * KB;
  if (isAbove) failures++;
  const size = `${(bytes / KB).toFixed(1)} KB`.padStart(9);
  console.log(`  ${name.padEnd(30)}${size} of ${budget} KB${isAbove ? '  TOO LARGE' : ''}`);
}

for (const { when, files, total } of BUDGETS) {
  console.log(when);
  for (const [file, budget] of Object.entries(files)) line(file, gzipped(file), budget);
  if (total === undefined) continue;
  const [entry, budget] = total;
  const closure = [...closureOf(entry)];
  line(
    `${entry} and its imports`,
    closure.reduce((sum, file) => sum + gzipped(file), 0),
    budget,
  );
}

const budgeted = new Set(BUDGETS.flatMap(({ files }) => Object.keys(files)));
const built = ['', 'chunks/', 'app/'].flatMap((folder) =>
  readdirSync(join(dist, folder))
    .filter((name) => name.endsWith('.js'))
    .map((name) => folder + name),
);
for (const file of built) {
  // The page's folder has copies.
  if (budgeted.has(file) || (file.startsWith('app/') && budgeted.has(file.slice('app/'.length)))) continue;
  failures++;
  console.log(`${file} has no budget in tools/size.ts`);
}

console.log(failures === 0 ? 'All within their budgets.' : `${failures} above their budgets or without one.`);
process.exitCode = failures === 0 ? 0 : 1;
