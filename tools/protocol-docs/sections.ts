import { isCases, isLayout, isMessages, isValues, type Cases } from './kinds.ts';
import type { Export } from './tables.ts';
import { fieldRows, numberText, type PlaceOf, type Row } from './wire-rows.ts';

/** What a section is made from. */
export interface SectionSources {
  readonly exports: ReadonlyMap<string, Export>;
  readonly commonTables: readonly unknown[];
  /** docstrings of a file, by path */
  readonly comments: (file: string) => ReadonlyMap<string, string>;
  readonly placeOf: PlaceOf;
}

/**
 * The markdown of a generated section: `messages TABLE`, `fields LAYOUT`, `cases UNION`, or `values NAME…`.
 * @throws TypeError for names that shared-protocol does not export, or that are something else
 */
export function sectionText(kind: string, names: readonly string[], sources: SectionSources): string {
  const exports = names.map((name) => {
    const found = sources.exports.get(name);
    if (found === undefined) throw new TypeError(`shared-protocol exports no ${name}`);
    return found;
  });
  const [first] = exports;
  if (first === undefined) throw new TypeError(`a section of ${kind} names nothing`);
  switch (kind) {
    case 'messages':
      return messagesText(first, sources);
    case 'fields':
      return fieldsText(first, sources);
    case 'cases':
      return casesText(first, sources);
    case 'values':
      return valuesText(exports, sources);
    default:
      throw new TypeError(`no kind of section: ${kind}`);
  }
}

function messagesText({ name, value, file }: Export, sources: SectionSources): string {
  if (!isMessages(value)) throw new TypeError(`${name} has no messages`);
  const comments = sources.comments(file);
  const isCommon = sources.commonTables.includes(value);
  const common = sources.commonTables.flatMap((table) => (isMessages(table) ? Object.values(table) : []));
  const lines: string[][] = [];
  for (const [key, message] of Object.entries(value)) {
    if (!isCommon && common.includes(message)) continue;
    const doc = comments.get(`${name}.${key}`);
    lines.push(
      ...blockLines(`${message.type}`, wireName(key), message.fields, `${name}.${key}`, doc, sources, file),
    );
  }
  if (lines.length === 0) return 'The common messages alone.';
  return introduced(
    comments.get(name),
    table(['id', 'message', 'at', 'field', 'type', 'bytes', 'meaning'], lines),
  );
}

function fieldsText({ name, value, file }: Export, sources: SectionSources): string {
  if (!isLayout(value)) throw new TypeError(`${name} is no layout`);
  const { shape } = value;
  const comments = sources.comments(file);
  if (shape.kind === 'union') {
    return casesTable(shape.cases, name, sources, file);
  }
  if (shape.kind !== 'struct') throw new TypeError(`${name} has no fields`);
  const lines = fieldRows(shape.fields, sources.placeOf).map((row) =>
    rowCells(row, comments.get(`${name}.${row.field}`)),
  );
  return introduced(comments.get(name), table(['at', 'field', 'type', 'bytes', 'meaning'], lines));
}

function casesText({ name, value, file }: Export, sources: SectionSources): string {
  if (!isCases(value)) throw new TypeError(`${name} has no cases`);
  return casesTable(value, name, sources, file);
}

function casesTable(cases: Cases, name: string, sources: SectionSources, file: string): string {
  const comments = sources.comments(file);
  const lines = Object.entries(cases).flatMap(([key, [tag, fields]]) =>
    blockLines(
      `${tag}`,
      wireName(key),
      fields,
      `${name}.${key}`,
      comments.get(`${name}.${key}`),
      sources,
      file,
    ),
  );
  return introduced(
    comments.get(name),
    table(['tag', 'case', 'at', 'field', 'type', 'bytes', 'meaning'], lines),
  );
}

/** One line for each field; the number and name stand before the first. */
function blockLines(
  number: string,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  path: string,
  doc: string | undefined,
  sources: SectionSources,
  file: string,
): string[][] {
  const comments = sources.comments(file);
  const rows = fieldRows(fields, sources.placeOf).map((row) =>
    rowCells(row, comments.get(`${path}.${row.field}`)),
  );
  if (rows.length === 0) return [[number, name, '', '–', '', '0', doc ?? '']];
  return rows.map((cells, i) => {
    const last = cells.length - 1;
    const meaning = i === 0 ? [doc, cells[last]].filter(Boolean).join('; ') : (cells[last] ?? '');
    return [i === 0 ? number : '', i === 0 ? name : '', ...cells.slice(0, last), meaning];
  });
}

function rowCells({ offset, field, type, size, note }: Row, doc: string | undefined): string[] {
  const meaning = [doc, note].filter(Boolean).join('; ');
  return [offset === undefined ? '' : `${offset}`, `\`${field}\``, type, size, meaning];
}

function valuesText(exports: readonly Export[], { comments }: SectionSources): string {
  const lines = exports.map(({ name, value, file }) => {
    if (!isValues(value)) throw new TypeError(`${name} has no values`);
    const docs = comments(file);
    const values = Object.entries(value).map(([key, number]) => {
      const doc = docs.get(`${name}.${key}`);
      return `${numberText(number)} \`${key}\`${doc === undefined ? '' : ` (${doc})`}`;
    });
    return [`\`${name}\``, values.join(', '), docs.get(name) ?? ''];
  });
  return table(['in code', 'values', 'meaning'], lines);
}

/** A table under its docstring. */
function introduced(doc: string | undefined, text: string): string {
  return doc === undefined ? text : `${doc}\n\n${text}`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rows = [head, head.map(() => '---'), ...lines];
  return rows
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** drawRop3 is DRAW_ROP3. */
export function wireName(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
