import { describe, expect, it } from 'vitest';
import { filesWith, leadsSomewhere, textOf } from './repository-files.ts';

function linesOf(path: string): { where: string; line: string }[] {
  return textOf(path)
    .split('\n')
    .map((line, i) => ({ where: `${path}:${i + 1}`, line }));
}

const sources = filesWith(['.ts', '.js', '.mjs', '.sh']).flatMap(linesOf);

describe('references in the code', () => {
  it('lead to a place of docs/protocol', () => {
    const found = sources.flatMap(({ where, line }) =>
      [...line.matchAll(/docs\/protocol\/([\w-]+\.md)(?:#([\w-]+))?/g)].map(([all, page, anchor]) => ({
        where: `${where} ${all}`,
        isFine: leadsSomewhere(`docs/protocol/${page}`, anchor ?? ''),
      })),
    );
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ isFine }) => !isFine).map(({ where }) => where)).toEqual([]);
  });

  it('cite no section of a document that is not here', () => {
    const isDangling = (line: string): boolean =>
      /§ ?\d|protocol(?:'s)?(?: reference)?(?:'s)?,? section \d|\(section \d/.test(line) &&
      !/RFC \d/.test(line);
    const dangling = sources.filter(
      ({ line, where }) =>
        isDangling(line) && !where.startsWith('tests/docs/') && !where.startsWith('web/common/layouts/'),
    );
    expect(dangling.map(({ where }) => where)).toEqual([]);
  });
});
