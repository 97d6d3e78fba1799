import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { parseSync } from 'vite';

/** Files and what each imports, as paths from the root with forward slashes. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** What tests and their helpers import is their own affair. */
const OF_TESTS = /\.test\.ts$|(?:^|\/)(?:test|fake)-[^/]*\.ts$/;
const WORKSPACE = '@spice-viewer/';

export function isOfTests(file: string): boolean {
  return OF_TESTS.test(file);
}

/** Reads every TypeScript file below these folders, those of tests excepted. */
export function readImportGraph(root: string, areas: readonly string[]): ImportGraph {
  const graph = new Map<string, ReadonlySet<string>>();
  for (const area of areas) {
    for (const path of readdirSync(join(root, area), { recursive: true, encoding: 'utf8' })) {
      const file = `${area}/${path}`;
      if (!file.endsWith('.ts') || file.includes('/node_modules/') || isOfTests(file)) continue;
      graph.set(file, importsOf(file, readFileSync(join(root, file), 'utf8')));
    }
  }
  return graph;
}

/**
 * The TypeScript files of this repository that a source imports: statically, for its types alone, again for export, or
 * at run time. Packages and JSON are not among them. @throws {Error} for an import whose name is computed
 */
export function importsOf(file: string, source: string): Set<string> {
  const { program, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  const imports = new Set<string>();
  for (const specifier of specifiersIn(file, program)) {
    const path = pathOf(file, specifier);
    if (path?.endsWith('.ts') === true) imports.add(path);
  }
  return imports;
}

function pathOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(WORKSPACE)) return specifier.slice(WORKSPACE.length);
  if (!specifier.startsWith('.')) return undefined;
  return relative('', normalize(join(dirname(file), specifier)));
}

/** The nodes that name a module, each with the key under which it does. */
const NAMING: Readonly<Record<string, string>> = {
  ImportDeclaration: 'source',
  ExportNamedDeclaration: 'source',
  ExportAllDeclaration: 'source',
  ImportExpression: 'source',
  TSImportType: 'source',
};

function* specifiersIn(file: string, node: unknown): Generator<string> {
  if (Array.isArray(node)) {
    for (const one of node) yield* specifiersIn(file, one);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const fields = node as Readonly<Record<string, unknown>>;
  const key = NAMING[String(fields.type)];
  if (key !== undefined && fields[key] !== null) {
    const named = fields[key] as { readonly type?: string; readonly value?: unknown };
    if (typeof named?.value !== 'string') throw new Error(`${file} imports what its text does not tell`);
    yield named.value;
  }
  for (const value of Object.values(fields)) yield* specifiersIn(file, value);
}

/** Sets of nodes each of which reaches all others of its set: every circle lies in one. Sorted. */
export function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const circles: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  // Tarjan's strongly connected components.
  const visit = (node: string): number => {
    const number = order.size;
    order.set(node, number);
    let low = number;
    stack.push(node);
    onStack.add(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (onStack.has(next)) low = Math.min(low, order.get(next) ?? low);
    }
    lowest.set(node, low);
    if (low === number) {
      const members = stack.splice(stack.indexOf(node));
      for (const member of members) onStack.delete(member);
      if (members.length > 1) circles.push(members.sort());
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles.sort();
}
