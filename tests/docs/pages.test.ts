import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesWith, leadsSomewhere, root, textOf } from './repository-files.ts';

const pages = filesWith(['.md']);

describe('pages', () => {
  it('link to pages, headings and files that exist', () => {
    const broken = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
        if (/^[a-z]+:/.test(link)) return [];
        const [path = '', anchor = ''] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        return leadsSomewhere(target, anchor) ? [] : [`${page}: ${link}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('name files that exist, where they tell how to work on the project', () => {
    const named = [
      'ARCHITECTURE.md',
      'CONTRIBUTING.md',
      ...pages.filter((page) => page.startsWith('docs/protocol/')),
    ]
      .flatMap((page) =>
        [...textOf(page).matchAll(/`([\w-]+(?:\/[\w.-]+)+\.\w+)`/g)].map(([, path = '']) => path),
      )
      .filter((path) => !path.includes('thing') && !path.startsWith('dist/') && !path.includes('FILE'));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
