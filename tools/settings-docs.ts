import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { settingsFiles } from './settings-files.ts';

/** Writes docs, README and the manifest of custom elements from the table of settings (web/api/settings.ts). */
for (const { path, text } of await settingsFiles((path) => readFile(place(path), 'utf8'))) {
  await writeFile(place(path), text);
}

function place(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
