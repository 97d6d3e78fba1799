import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/**
 * A wire layout as data: from one description come the reader, the writer and (by `Value`) the type.
 * `owner` is the struct under construction, `outer` the struct around that one: some SPICE fields
 * depend on flags or counts that stand before them.
 */
export interface Layout<T> {
  /** fewest bytes that it takes inline: what a count is checked against */
  readonly minSize: number;
  readonly shape: Shape;
  read(reader: Reader, owner: Fields, outer: Fields): T;
  write(writer: Writer, value: T, owner: Fields, outer: Fields): void;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What a layout is made of, as data: docs/protocol is generated from it. Names are those of fields around it. */
export type Shape =
  | { readonly kind: 'number'; readonly name: string }
  /** that many bytes, or as many as the words say; `rest` up to the end of the message */
  | { readonly kind: 'bytes'; readonly length: number | string }
  /** a number before its bytes */
  | { readonly kind: 'countedBytes'; readonly count: Layout<number> }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, Layout<any>>> }
  /** how many elements the later field `of` has */
  | { readonly kind: 'count'; readonly type: Layout<number>; readonly of: string }
  /** `count`: an earlier field, a number before the elements, or nothing where they end with the message */
  | { readonly kind: 'array'; readonly count?: Layout<number> | string; readonly element: Layout<any> }
  /** there if the bit of the earlier field `flags` is set, or with `unless` clear */
  | {
      readonly kind: 'flagged';
      readonly bit: number;
      readonly unless: boolean;
      readonly layout: Layout<any>;
    }
  | { readonly kind: 'pointer'; readonly nullable: boolean; readonly target: Layout<any> }
  /** the tag of the later field `of` */
  | { readonly kind: 'tag'; readonly type: Layout<number>; readonly of: string }
  /** `tag`: a number before the fields, or the name of an earlier field */
  | {
      readonly kind: 'union';
      readonly tag: Layout<number> | string;
      readonly cases: Readonly<
        Record<string, readonly [tag: number, fields: Readonly<Record<string, Layout<any>>>]>
      >;
    };
