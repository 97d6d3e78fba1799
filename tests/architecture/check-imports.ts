import type { FolderRow } from './folder-table.ts';
import { circlesIn, type ImportGraph, isOfTests } from './import-graph.ts';

/** `bridge/demo/clip/clip.ts` is of `bridge/demo`; `bridge/create-bridge.ts` of `bridge`. */
export function folderOf(file: string): string {
  return file.split('/').slice(0, -1).slice(0, 2).join('/');
}

/** One sentence for everything in which files and table differ, and for every circle. */
export function checkImports(graph: ImportGraph, rows: readonly FolderRow[]): string[] {
  const findings: string[] = [];
  const table = new Map(rows.map((row) => [row.folder, row]));
  const folders = foldersOf(graph);
  const areas = new Set([...table.keys()].map(areaOf));

  for (const folder of folders.keys()) {
    if (!table.has(folder)) findings.push(`${folder} has no row`);
  }
  if (table.size < rows.length) findings.push('a folder has two rows');
  for (const { folder, mayImport } of rows) {
    const used = folders.get(folder);
    if (used === undefined) {
      findings.push(`${folder} has a row, but no files`);
      continue;
    }
    for (const name of mayImport) {
      const isUsed = [...used.keys()].some((target) => covers(name, target, areas));
      if (!isUsed) findings.push(`${folder} may import ${name}, but does not`);
    }
  }
  for (const [folder, used] of folders) {
    const mayImport = table.get(folder)?.mayImport ?? new Set<string>();
    for (const [target, examples] of used) {
      if ([...mayImport].some((name) => covers(name, target, areas))) continue;
      for (const example of examples) {
        findings.push(`${folder} → ${target} is not in the table: ${example}`);
      }
    }
  }
  for (const [file, imports] of graph) {
    for (const target of imports) {
      if (isOfTests(target)) findings.push(`${file} imports ${target}, which is for tests`);
      else if (!graph.has(target)) findings.push(`${file} imports ${target}, which is not there`);
    }
  }
  const arrows = new Map([...folders].map(([folder, used]) => [folder, new Set(used.keys())]));
  for (const circle of circlesIn(arrows)) findings.push(`folders in a circle: ${circle.join(', ')}`);
  for (const circle of circlesIn(graph)) findings.push(`files in a circle: ${circle.join(', ')}`);
  return findings;
}

function areaOf(folder: string): string {
  return folder.split('/', 1)[0] ?? folder;
}

/** A row's own folder, or a whole area that has folders. */
function covers(name: string, folder: string, areas: ReadonlySet<string>): boolean {
  return name === folder || (areas.has(name) && folder.startsWith(`${name}/`));
}

/** For each folder, the other folders that its files import, with the imports as `FILE imports FILE`. */
function foldersOf(graph: ImportGraph): Map<string, Map<string, string[]>> {
  const folders = new Map<string, Map<string, string[]>>();
  for (const [file, imports] of graph) {
    const folder = folderOf(file);
    const used = folders.get(folder) ?? new Map<string, string[]>();
    folders.set(folder, used);
    for (const target of imports) {
      const other = folderOf(target);
      if (other !== folder) used.set(other, [...(used.get(other) ?? []), `${file} imports ${target}`]);
    }
  }
  return folders;
}
