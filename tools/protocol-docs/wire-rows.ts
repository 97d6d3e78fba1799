import { isLayout, type AnyLayout, type Cases } from './kinds.ts';

/** Where a layout is described, for those that have a place of their own. */
export type PlaceOf = (layout: unknown) => string | undefined;

export interface Row {
  /** bytes from the start, while that is certain */
  readonly offset: number | undefined;
  readonly field: string;
  readonly type: string;
  readonly size: string;
  /** what follows from the layout; the docstring comes before it */
  readonly note: string;
}

/** Bytes that it always takes inline; undefined where that depends. */
export function fixedSize(layout: AnyLayout): number | undefined {
  const { shape } = layout;
  switch (shape.kind) {
    case 'number':
    case 'count':
    case 'tag':
    case 'pointer':
      return layout.minSize;
    case 'bytes':
      return typeof shape.length === 'number' ? shape.length : undefined;
    case 'struct': {
      let sum = 0;
      for (const field of Object.values(shape.fields)) sum += fixedSize(field) ?? NaN;
      return Number.isNaN(sum) ? undefined : sum;
    }
    default:
      return undefined;
  }
}

function sizeText(layout: AnyLayout): string {
  const size = fixedSize(layout);
  return size === undefined ? `${layout.minSize}+` : `${size}`;
}

/** The fields of a message or struct, one after the other. */
export function fieldRows(fields: Readonly<Record<string, unknown>>, placeOf: PlaceOf): Row[] {
  const rows: Row[] = [];
  let offset: number | undefined = 0;
  for (const [field, layout] of Object.entries(fields)) {
    if (!isLayout(layout)) throw new TypeError(`${field} is no layout`);
    rows.push({
      offset,
      field,
      type: typeText(layout, placeOf),
      size: sizeText(layout),
      note: noteOf(layout),
    });
    const size = fixedSize(layout);
    offset = offset === undefined || size === undefined ? undefined : offset + size;
  }
  return rows;
}

/** High bits as a shift. */
export function numberText(number: number): string {
  const bit = 31 - Math.clz32(number);
  return bit >= 16 && number === 1 << bit ? `1 << ${bit}` : `${number}`;
}

function noteOf({ shape }: AnyLayout): string {
  if (shape.kind === 'count') return `length of \`${shape.of}\``;
  if (shape.kind === 'tag') return `which \`${shape.of}\``;
  return '';
}

function bytesText(length: number | string): string {
  return length === 'rest' ? 'bytes to the end' : `${length} bytes`;
}

/** A layout in few words. */
export function typeText(layout: AnyLayout, placeOf: PlaceOf): string {
  const place = placeOf(layout);
  if (place !== undefined) return place;
  const { shape } = layout;
  const text = (one: AnyLayout): string => typeText(one, placeOf);
  switch (shape.kind) {
    case 'number':
      return shape.name;
    case 'bytes':
      return typeof shape.length === 'string' && shape.length.includes(' rows')
        ? shape.length
        : bytesText(shape.length);
    case 'countedBytes':
      return `${text(shape.count)} n, n bytes`;
    case 'count':
    case 'tag':
      return text(shape.type);
    case 'struct':
      return fieldsText(shape.fields, placeOf);
    case 'array': {
      if (shape.count === undefined) return `${text(shape.element)}, up to the end`;
      if (typeof shape.count === 'string') return `${shape.count} × ${text(shape.element)}`;
      return `${text(shape.count)} n, n × ${text(shape.element)}`;
    }
    case 'flagged':
      return `${shape.unless ? 'unless' : 'if'} flag ${numberText(shape.bit)}: ${text(shape.layout)}`;
    case 'pointer':
      return `pointer${shape.nullable ? ' or 0' : ''} to ${text(shape.target)}`;
    case 'union': {
      const cases = placeOf(shape.cases) ?? casesText(shape.cases, placeOf);
      return typeof shape.tag === 'string' ? `by \`${shape.tag}\`: ${cases}` : `${text(shape.tag)}: ${cases}`;
    }
  }
}

function fieldsText(fields: Readonly<Record<string, AnyLayout>>, placeOf: PlaceOf): string {
  const parts = Object.entries(fields).map(([name, field]) => `\`${name}\` ${typeText(field, placeOf)}`);
  return `{ ${parts.join(', ')} }`;
}

function casesText(cases: Cases, placeOf: PlaceOf): string {
  const parts = Object.entries(cases).map(([name, [tag, fields]]) =>
    Object.keys(fields).length === 0 ? `${tag} ${name}` : `${tag} ${name} ${fieldsText(fields, placeOf)}`,
  );
  return parts.join('; ');
}
