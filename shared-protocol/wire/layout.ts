import type { Fields, Layout, Shape } from './layout-shape.ts';
import { ProtocolError } from './protocol-error.ts';
import type { Reader } from './reader.ts';
import type { U64 } from './u64.ts';
import type { Writer } from './writer.ts';

export type { Fields, Layout } from './layout-shape.ts';

export type Value<L> = L extends Layout<infer T> ? T : never;

/** A field that only serves the wire (a count, a tag): read, derived when written, absent from the type. */
export interface DerivedLayout extends Layout<number> {
  readonly derived: true;
}

export type StructFields = Readonly<Record<string, Layout<any>>>;
type VisibleKeys<F> = { [K in keyof F]: F[K] extends DerivedLayout ? never : K }[keyof F];
export type StructValue<F> = { [K in VisibleKeys<F>]: Value<F[K]> };

const noFields: Fields = {};

function primitive<T>(
  shape: Shape,
  minSize: number,
  read: (r: Reader) => T,
  write: (w: Writer, v: T) => void,
): Layout<T> {
  return { minSize, shape, read, write };
}

function number(name: string): Shape {
  return { kind: 'number', name };
}

export const u8 = primitive<number>(
  number('u8'),
  1,
  (r) => r.u8(),
  (w, v) => w.u8(v),
);
export const u16 = primitive<number>(
  number('u16'),
  2,
  (r) => r.u16(),
  (w, v) => w.u16(v),
);
export const u32 = primitive<number>(
  number('u32'),
  4,
  (r) => r.u32(),
  (w, v) => w.u32(v),
);
export const i16 = primitive<number>(
  number('i16'),
  2,
  (r) => r.i16(),
  (w, v) => w.i16(v),
);
export const i32 = primitive<number>(
  number('i32'),
  4,
  (r) => r.i32(),
  (w, v) => w.i32(v),
);
export const u64 = primitive<U64>(
  number('u64'),
  8,
  (r) => r.u64(),
  (w, v) => w.u64(v),
);

/** All bytes up to the end of the message body; a borrowed view. */
export const restBytes = primitive<Uint8Array>(
  { kind: 'bytes', length: 'rest' },
  0,
  (r) => r.take(r.remaining),
  (w, v) => w.put(v),
);

/** Exactly `length` bytes. */
export function fixedBytes(length: number): Layout<Uint8Array> {
  return primitive(
    { kind: 'bytes', length },
    length,
    (r) => r.take(length),
    (w, v) => w.put(v),
  );
}

/** Fields one after the other, packed. */
export function struct<const F extends StructFields>(fields: F): Layout<StructValue<F>> {
  const names = Object.keys(fields);
  const layouts = names.map((name) => fields[name] as Layout<unknown>);
  return {
    minSize: layouts.reduce((sum, layout) => sum + layout.minSize, 0),
    shape: { kind: 'struct', fields },
    read(reader, owner) {
      const value: Record<string, unknown> = {};
      for (let i = 0; i < names.length; i++) {
        value[names[i] as string] = (layouts[i] as Layout<unknown>).read(reader, value, owner);
      }
      return value as StructValue<F>;
    },
    write(writer, value, owner) {
      const given = value as Fields;
      for (let i = 0; i < names.length; i++) {
        (layouts[i] as Layout<unknown>).write(writer, given[names[i] as string], given, owner);
      }
    },
  };
}

/** How many elements the array (or bytes) in field `name` has. */
export function countOf(layout: Layout<number>, name: string): DerivedLayout {
  return {
    derived: true,
    minSize: layout.minSize,
    shape: { kind: 'count', type: layout, of: name },
    read: layout.read,
    write: (w, _value, owner, outer) =>
      layout.write(w, (owner[name] as ArrayLike<unknown>).length, owner, outer),
  };
}

/** As many elements as the field `countName`, read before, said. */
export function arrayBy<T>(countName: string, element: Layout<T>): Layout<readonly T[]> {
  return {
    minSize: 0,
    shape: { kind: 'array', count: countName, element },
    read: (r, owner) => readArray(r, owner[countName] as number, element, owner),
    write: (w, value, owner) => value.forEach((item) => element.write(w, item, owner, noFields)),
  };
}

/**
 * Bytes whose number follows from fields read before.
 * @param words the same for readers of the reference
 */
export function bytesBy(length: (owner: any, outer: any) => number, words: string): Layout<Uint8Array> {
  return {
    minSize: 0,
    shape: { kind: 'bytes', length: words },
    read: (r, owner, outer) => r.take(length(owner, outer)),
    write: (w, value) => w.put(value),
  };
}

/** A count, then that many elements. */
export function counted<T>(count: Layout<number>, element: Layout<T>): Layout<readonly T[]> {
  return {
    minSize: count.minSize,
    shape: { kind: 'array', count, element },
    read: (r, owner, outer) => readArray(r, count.read(r, owner, outer), element, owner),
    write(w, value, owner, outer) {
      count.write(w, value.length, owner, outer);
      for (const item of value) element.write(w, item, owner, outer);
    },
  };
}

/** A count, then that many bytes; a borrowed view. */
export function countedBytes(count: Layout<number>): Layout<Uint8Array> {
  return {
    minSize: count.minSize,
    shape: { kind: 'countedBytes', count },
    read: (r, owner, outer) => r.take(count.read(r, owner, outer)),
    write(w, value, owner, outer) {
      count.write(w, value.length, owner, outer);
      w.put(value);
    },
  };
}

/** A field that is there only if the earlier field `flags` has the bit. */
export function ifFlag<T>(bit: number, layout: Layout<T>): Layout<T | undefined> {
  return flagged(bit, false, layout);
}

/** A field that is there only if the earlier field `flags` lacks the bit. */
export function unlessFlag<T>(bit: number, layout: Layout<T>): Layout<T | undefined> {
  return flagged(bit, true, layout);
}

function flagged<T>(bit: number, unless: boolean, layout: Layout<T>): Layout<T | undefined> {
  return {
    minSize: 0,
    shape: { kind: 'flagged', bit, unless, layout },
    read(r, owner, outer) {
      const isSet = ((owner.flags as number) & bit) !== 0;
      return isSet === unless ? undefined : layout.read(r, owner, outer);
    },
    write(w, value, owner, outer) {
      if (value !== undefined) layout.write(w, value, owner, outer);
    },
  };
}

/** A u32 offset from the start of the message body to the value; 0 is null. */
export function pointer<T>(target: Layout<T>): Layout<T | null> {
  return {
    minSize: 4,
    shape: { kind: 'pointer', nullable: true, target },
    read: (r, owner, outer) => readPointer(r, target, owner, outer),
    write(w, value, owner, outer) {
      if (value === null) w.u32(0);
      else w.defer(() => target.write(w, value, owner, outer));
    },
  };
}

/** A pointer that must not be null. */
export function pointerTo<T>(target: Layout<T>): Layout<T> {
  return {
    minSize: 4,
    shape: { kind: 'pointer', nullable: false, target },
    read(r, owner, outer) {
      const at = r.offset;
      const value = readPointer(r, target, owner, outer);
      if (value === null) throw new ProtocolError('bad-pointer', 'a pointer', 'null', { offset: at });
      return value;
    },
    write: (w, value, owner, outer) => w.defer(() => target.write(w, value, owner, outer)),
  };
}

export type UnionCases = Readonly<Record<string, readonly [tag: number, fields: StructFields]>>;
export type UnionValue<C extends UnionCases> = {
  [K in keyof C]: { kind: K } & StructValue<C[K][1]>;
}[keyof C];

interface CompiledCase {
  readonly kind: string;
  readonly tag: number;
  readonly body: Layout<object>;
}

function compileCases(cases: UnionCases): CompiledCase[] {
  return Object.entries(cases).map(([kind, [tag, fields]]) => ({
    kind,
    tag,
    body: struct(fields) as Layout<object>,
  }));
}

function readCase(compiled: CompiledCase[], tag: number, r: Reader, owner: Fields): unknown {
  const found = compiled.find((one) => one.tag === tag);
  if (found === undefined) {
    const known = compiled.map((one) => one.tag).join(', ');
    throw new ProtocolError('bad-tag', `one of ${known}`, `${tag}`, { offset: r.offset });
  }
  const value = found.body.read(r, owner, noFields) as { kind?: string };
  value.kind = found.kind;
  return value;
}

function caseOf(compiled: CompiledCase[], value: unknown): CompiledCase {
  const kind = (value as { kind: string }).kind;
  const found = compiled.find((one) => one.kind === kind);
  if (found === undefined) throw new TypeError(`no case ${kind}`);
  return found;
}

/** A tag, directly followed by the fields of that case; the value says which in `kind`. */
export function union<const C extends UnionCases>(tag: Layout<number>, cases: C): Layout<UnionValue<C>> {
  const compiled = compileCases(cases);
  return {
    minSize: tag.minSize,
    shape: { kind: 'union', tag, cases },
    read: (r, owner, outer) => readCase(compiled, tag.read(r, owner, outer), r, owner) as UnionValue<C>,
    write(w, value, owner, outer) {
      const one = caseOf(compiled, value);
      tag.write(w, one.tag, owner, outer);
      one.body.write(w, value as object, owner, outer);
    },
  };
}

/** The tag of a `taggedBy` field that comes later in the same struct. */
export function tagOf(layout: Layout<number>, name: string, cases: UnionCases): DerivedLayout {
  const compiled = compileCases(cases);
  return {
    derived: true,
    minSize: layout.minSize,
    shape: { kind: 'tag', type: layout, of: name },
    read: layout.read,
    write: (w, _value, owner, outer) => layout.write(w, caseOf(compiled, owner[name]).tag, owner, outer),
  };
}

/** The fields of the case whose tag stood in the earlier field `tagName`. */
export function taggedBy<const C extends UnionCases>(tagName: string, cases: C): Layout<UnionValue<C>> {
  const compiled = compileCases(cases);
  return {
    minSize: 0,
    shape: { kind: 'union', tag: tagName, cases },
    read: (r, owner) => readCase(compiled, owner[tagName] as number, r, owner) as UnionValue<C>,
    write: (w, value, owner, outer) => caseOf(compiled, value).body.write(w, value as object, owner, outer),
  };
}

function readArray<T>(r: Reader, count: number, element: Layout<T>, owner: Fields): readonly T[] {
  r.checkCount(count, Math.max(1, element.minSize));
  const values: T[] = [];
  for (let i = 0; i < count; i++) values.push(element.read(r, owner, noFields));
  return values;
}

function readPointer<T>(r: Reader, target: Layout<T>, owner: Fields, outer: Fields): T | null {
  const at = r.offset;
  const offset = r.u32();
  if (offset === 0) return null;
  if (offset >= r.length) {
    throw new ProtocolError('bad-pointer', `an offset below ${r.length}`, `${offset}`, { offset: at });
  }
  const back = r.offset;
  r.seek(offset);
  const value = target.read(r, owner, outer);
  r.seek(back);
  return value;
}

/** Reads one whole message body. Trailing bytes are allowed: newer peers may add fields. */
export function readWith<T>(layout: Layout<T>, reader: Reader): T {
  return layout.read(reader, noFields, noFields);
}

export function writeWith<T>(layout: Layout<T>, writer: Writer, value: T): void {
  layout.write(writer, value, noFields, noFields);
}
