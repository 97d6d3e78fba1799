import { describe, expect, it } from 'vitest';
import { sectionsOf } from '../../tools/protocol-docs/markdown.ts';
import { isCases, isLayout, isMessages, isValues } from '../../tools/protocol-docs/kinds.ts';
import { generatePages, readPages } from '../../tools/protocol-docs/pages.ts';
import { wireExports } from '../../tools/protocol-docs/tables.ts';

/** Exports that are no part of the wire's vocabulary. */
const unlisted = new Set(['linkVersion']);

describe('docs/protocol', () => {
  const pages = readPages();

  it('says what the tables of shared-protocol say (npm run docs:protocol)', async () => {
    const generated = await generatePages(pages);
    for (const [name, markdown] of pages) expect(generated.get(name), name).toBe(markdown);
  });

  it('has every table, structure and value that shared-protocol exports', () => {
    const listed = new Set(
      [...pages.values()].flatMap((markdown) => sectionsOf(markdown).flatMap(({ names }) => names)),
    );
    const missing = wireExports()
      .filter(({ value }) => isLayout(value) || isMessages(value) || isCases(value) || isValues(value))
      .map(({ name }) => name)
      .filter((name) => !listed.has(name) && !unlisted.has(name));
    expect(missing).toEqual([]);
  });
});
