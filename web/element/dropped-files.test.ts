import { expect, it } from 'vitest';
import { droppedFiles } from './dropped-files.ts';

function fileEntry(fullPath: string): unknown {
  return { isFile: true, fullPath, file: (give: (file: File) => void) => give(new File([], 'a')) };
}

/** Gives its entries in one portion, then an empty one. */
function folder(fullPath: string, entries: readonly unknown[]): unknown {
  return {
    isFile: false,
    fullPath,
    createReader: () => {
      const portions = [entries, []];
      return { readEntries: (give: (entries: unknown) => void) => give(portions.shift()) };
    },
  };
}

function drop(...entries: readonly unknown[]): DataTransfer {
  return {
    items: entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry })),
  } as unknown as DataTransfer;
}

it('finds the files of a folder inside another, as many as there are', async () => {
  const inner = Array.from({ length: 150_000 }, (_, i) => fileEntry(`/a/b/${i}`));
  const found = await droppedFiles(
    drop(folder('/a', [folder('/a/b', inner), fileEntry('/a/c')]), fileEntry('/d')),
  );
  expect(found).toHaveLength(150_002);
  expect([0, 149_999, 150_000, 150_001].map((at) => found[at]?.path)).toEqual([
    'a/b/0',
    'a/b/149999',
    'a/c',
    'd',
  ]);
});
