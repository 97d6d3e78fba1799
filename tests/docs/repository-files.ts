import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchorsOf } from '../../tools/protocol-docs/markdown.ts';

export const root = join(import.meta.dirname, '../..');

const skipped = new Set(['node_modules', 'dist', '.git', '.tsbuild', 'test-results']);

/** Files of the repository with one of these endings, as paths from its root. */
export function filesWith(endings: readonly string[], folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesWith(endings, path);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const anchors = new Map<string, Set<string>>();

/** Whether the page or file exists and has that anchor (or none is asked for). */
export function leadsSomewhere(path: string, anchor: string): boolean {
  if (!existsSync(join(root, path))) return false;
  if (anchor === '' || !path.endsWith('.md')) return true;
  const known = anchors.get(path) ?? anchorsOf(textOf(path));
  anchors.set(path, known);
  return known.has(anchor);
}
