/** A row of a table of folders in ARCHITECTURE.md. */
export interface FolderRow {
  /** From the root: `bridge/errors`; `bridge` is what lies in it beside its folders. */
  readonly folder: string;
  readonly runsOn: string;
  /** Other rows' folders in full; the name of a whole area stands for any folder of it. */
  readonly mayImport: ReadonlySet<string>;
}

const HEAD = ['folder', 'runs on', 'what it is', 'may import'];
const NOTHING = '–';

/**
 * Reads all tables whose columns are folder, runs on, what it is, may import. Within one area short names will do:
 * `errors` in a row of `bridge/…` is `bridge/errors`.
 */
export function readFolderTables(markdown: string): FolderRow[] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of markdown.split('\n')) {
    const cells = cellsOf(line);
    if (cells === undefined) inside = false;
    else if (HEAD.every((name, index) => cells[index] === name)) inside = true;
    else if (inside && !/^-+$/.test(cells[0] ?? '')) rows.push(cells);
  }
  const known = new Set(rows.map(([folder = '']) => folder));
  return rows.map(([folder = '', runsOn = '', , allowed = '']) => {
    const [area = ''] = folder.split('/', 1);
    const names = allowed.split(',').map((name) => name.trim());
    const full = names
      .filter((name) => name !== NOTHING)
      .map((name) => (known.has(`${area}/${name}`) ? `${area}/${name}` : name));
    return { folder, runsOn, mayImport: new Set(full) };
  });
}

function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith('|')) return undefined;
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim().replace(/\/$/, ''));
}
