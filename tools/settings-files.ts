import { format, resolveConfig } from 'prettier';
import { documents, documentText, manifestText } from './settings-text.ts';

export interface SettingsFile {
  /** from the repository's root */
  readonly path: string;
  readonly text: string;
}

const MANIFEST = 'web/element/custom-elements.json';

/** The files that the table of settings writes, as they should be, formatted as the repository is. */
export async function settingsFiles(read: (path: string) => Promise<string>): Promise<SettingsFile[]> {
  const written = await Promise.all([
    ...documents.map(async ({ path, section }) => ({ path, text: documentText(await read(path), section) })),
    read(MANIFEST).then((before) => ({ path: MANIFEST, text: manifestText(before) })),
  ]);
  return Promise.all(
    written.map(async ({ path, text }) => {
      const options = await resolveConfig(path);
      return { path, text: await format(text, { ...options, filepath: path }) };
    }),
  );
}
