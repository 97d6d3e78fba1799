/** Every import of the source runs the way that the tables in ARCHITECTURE.md tell: they are the rules, read from there. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.ts';
import { type FolderRow, readFolderTables } from './folder-table.ts';
import { circlesIn, type ImportGraph, importsOf, readImportGraph } from './import-graph.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));

function rowsOf(root: string): FolderRow[] {
  return readFolderTables(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));
}

it('the source keeps to the tables of ARCHITECTURE.md', () => {
  const graph = readImportGraph(ROOT, ['shared-protocol', 'bridge', 'web']);
  expect(graph.size).toBeGreaterThan(300);
  expect(checkImports(graph, rowsOf(ROOT))).toEqual([]);
});

describe('what is wrong on purpose is refused', () => {
  it('an import that runs up', () => {
    const root = join(FIXTURES, 'import-up');
    expect(checkImports(readImportGraph(root, ['bridge']), rowsOf(root))).toEqual([
      'bridge/errors → bridge/http is not in the table: bridge/errors/bridge-error.ts imports bridge/http/listener.ts',
      'folders in a circle: bridge/errors, bridge/http',
      'files in a circle: bridge/errors/bridge-error.ts, bridge/http/listener.ts',
    ]);
  });

  it('a page word in a worker, by the compiler', async () => {
    const project = join(FIXTURES, 'page-word-in-worker');
    const { code, output } = await compile(project);
    expect(code).not.toBe(0);
    const errors = output.split('\n').filter((line) => line.includes('error TS'));
    expect(errors).toEqual([
      expect.stringMatching(/worker\.ts\(3,22\): error TS\d+: Cannot find name 'document'/),
    ]);
  });
});

function compile(project: string): Promise<{ code: number; output: string }> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, '-p', project, '--pretty', 'false'], (error, output) =>
      resolve({ code: error === null ? 0 : Number(error.code), output }),
    );
  });
}

const TABLE = `
| folder | runs on | what it is | may import |
| --- | --- | --- | --- |
| \`wire/base\` | any | ground | – |
| \`app/low\` | page | low | wire |
| \`app/high\` | page | high | low |
`;

function graphOf(imports: Readonly<Record<string, readonly string[]>>): ImportGraph {
  return new Map(Object.entries(imports).map(([file, targets]) => [file, new Set(targets)]));
}

const GOOD = {
  'wire/base/bytes.ts': [],
  'app/low/one.ts': ['wire/base/bytes.ts', 'app/low/part/two.ts'],
  'app/low/part/two.ts': [],
  'app/high/three.ts': ['app/low/one.ts'],
};

describe('checkImports', () => {
  const findings = (changes: Readonly<Record<string, readonly string[]>>, table = TABLE): string[] =>
    checkImports(graphOf({ ...GOOD, ...changes }), readFolderTables(table));

  it('has nothing to say where all is well', () => {
    expect(findings({})).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, readonly string[]>>, string[]]>([
    ['a folder without a row', { 'app/new/four.ts': [] }, ['app/new has no row']],
    ['a file beside the folders', { 'app/main.ts': [] }, ['app has no row']],
    [
      'an arrow that is not in the table',
      { 'app/high/three.ts': ['app/low/one.ts', 'wire/base/bytes.ts'] },
      ['app/high → wire/base is not in the table: app/high/three.ts imports wire/base/bytes.ts'],
    ],
    [
      'an arrow that is no longer there',
      { 'app/high/three.ts': [] },
      ['app/high may import app/low, but does not'],
    ],
    [
      'a circle of files within a folder',
      { 'app/low/part/two.ts': ['app/low/one.ts'] },
      ['files in a circle: app/low/one.ts, app/low/part/two.ts'],
    ],
    [
      'a helper of tests in the source',
      { 'app/low/part/two.ts': ['app/low/test-kit.ts'] },
      ['app/low/part/two.ts imports app/low/test-kit.ts, which is for tests'],
    ],
    [
      'what is not there',
      { 'app/low/part/two.ts': ['app/low/part/gone.ts'] },
      ['app/low/part/two.ts imports app/low/part/gone.ts, which is not there'],
    ],
  ])('finds %s', (_what, changes, expected) => {
    expect(findings(changes)).toEqual(expected);
  });

  it('finds a row without files', () => {
    expect(findings({}, `${TABLE}| \`app/gone\` | page | nothing | – |\n`)).toEqual([
      'app/gone has a row, but no files',
    ]);
  });
});

it('sees every kind of import', () => {
  const source = `
    import type { A } from './a.ts';
    import './b.ts';
    export * from '../c.ts';
    export { d } from './deep/d.ts';
    import { e } from '@spice-viewer/shared-protocol/wire/e.ts';
    type F = import('./f.ts').F;
    const g = async () => import('./g.ts');
    import ws from 'ws';
    import info from './package.json' with { type: 'json' };
  `;
  expect([...importsOf('x/y/z.ts', source)].sort()).toEqual([
    'shared-protocol/wire/e.ts',
    'x/c.ts',
    'x/y/a.ts',
    'x/y/b.ts',
    'x/y/deep/d.ts',
    'x/y/f.ts',
    'x/y/g.ts',
  ]);
  expect(() => importsOf('x/y/z.ts', 'const x = await import(`./${name}.ts`);')).toThrow(
    'imports what its text does not tell',
  );
});

it('finds circles of any length', () => {
  const graph = graphOf({ a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['d'], f: ['a', 'f'] });
  expect(circlesIn(graph)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
});
