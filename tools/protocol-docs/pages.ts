import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { docComments } from './comments.ts';
import { isCases, isLayout } from './kinds.ts';
import { sectionsOf, withSections } from './markdown.ts';
import { sectionText, type SectionSources } from './sections.ts';
import { commonTables, wireExports, type Export } from './tables.ts';

const root = join(import.meta.dirname, '../..');
export const protocolDocs = join(root, 'docs/protocol');

/** The pages of docs/protocol, by file name. */
export function readPages(): Map<string, string> {
  const names = readdirSync(protocolDocs).filter((name) => name.endsWith('.md'));
  return new Map(names.map((name) => [name, readFileSync(join(protocolDocs, name), 'utf8')]));
}

/** The same pages as they have to be: their generated sections follow from the tables of shared-protocol. */
export async function generatePages(pages: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const exports = new Map(wireExports().map((one) => [one.name, one]));
  const comments = new Map<string, ReadonlyMap<string, string>>();
  const places = placesOf(pages, exports);
  const generated = new Map<string, string>();
  for (const [page, markdown] of pages) {
    const sources: SectionSources = {
      exports,
      commonTables,
      comments(file) {
        const known = comments.get(file);
        if (known !== undefined) return known;
        const read = docComments(readFileSync(join(root, 'shared-protocol', file), 'utf8'));
        comments.set(file, read);
        return read;
      },
      placeOf(layout) {
        const place = places.get(layout);
        if (place === undefined) return undefined;
        return `[${place.title}](${place.page === page ? '' : place.page}#${place.anchor})`;
      },
    };
    const text = withSections(markdown, (kind, names) => sectionText(kind, names, sources));
    const options = await resolveConfig(join(protocolDocs, page));
    generated.set(page, await format(text, { ...options, parser: 'markdown' }));
  }
  return generated;
}

interface Place {
  readonly page: string;
  readonly title: string;
  readonly anchor: string;
}

/** Where layouts and unions are described. */
function placesOf(
  pages: ReadonlyMap<string, string>,
  exports: ReadonlyMap<string, Export>,
): Map<unknown, Place> {
  const places = new Map<unknown, Place>();
  for (const [page, markdown] of pages) {
    for (const { kind, names, title, anchor } of sectionsOf(markdown)) {
      const value = exports.get(names[0] ?? '')?.value;
      const isOne = (kind === 'fields' && isLayout(value)) || (kind === 'cases' && isCases(value));
      if (isOne) places.set(value, { page, title, anchor });
    }
  }
  return places;
}
