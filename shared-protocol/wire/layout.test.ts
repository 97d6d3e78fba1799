import { describe, expect, it } from 'vitest';
import {
  arrayBy,
  bytesBy,
  counted,
  countedBytes,
  countOf,
  ifFlag,
  pointer,
  pointerTo,
  readWith,
  struct,
  tagOf,
  taggedBy,
  u16,
  u32,
  u8,
  union,
  unlessFlag,
  writeWith,
  type Layout,
} from './layout.ts';
import { message, MessageSet } from './message-table.ts';
import { ProtocolError, type ProtocolErrorCode } from './protocol-error.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

function read<T>(layout: Layout<T>, ...bytes: number[]): T {
  return readWith(layout, new Reader(Uint8Array.from(bytes)));
}

function write<T>(layout: Layout<T>, value: T): number[] {
  const writer = new Writer(1);
  writeWith(layout, writer, value);
  return [...writer.finish()];
}

function failsWith(code: ProtocolErrorCode, offset: number): unknown {
  return expect.objectContaining({ name: 'ProtocolError', code, place: { offset } });
}

describe('Reader', () => {
  it('reads little-endian from a view at an odd place', () => {
    const bytes = Uint8Array.of(9, 1, 2, 3, 4, 5, 6, 7, 8, 0xfe, 0xff, 0xff, 0xff, 9).subarray(1, 13);
    const reader = new Reader(bytes);
    expect(reader.u64()).toEqual({ lo: 0x04030201, hi: 0x08070605 });
    expect(reader.i32()).toBe(-2);
    expect(reader.remaining).toBe(0);
    expect(() => reader.u8()).toThrow(failsWith('truncated', 12));
  });

  it('lends views and never reads past the end', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const reader = new Reader(bytes);
    expect(reader.take(2).buffer).toBe(bytes.buffer);
    expect(() => reader.take(2)).toThrow(failsWith('truncated', 2));
    expect(() => reader.take(2 ** 53)).toThrow(ProtocolError);
    expect(() => reader.seek(4)).toThrow(failsWith('bad-pointer', 2));
    expect(() => reader.checkCount(2, 1)).toThrow(failsWith('bad-count', 2));
  });
});

describe('layouts', () => {
  it('derive counts and tags when written', () => {
    const cases = { small: [1, { value: u8 }], big: [2, { value: u32 }] } as const;
    const layout = struct({
      count: countOf(u8, 'items'),
      tag: tagOf(u8, 'one', cases),
      items: arrayBy('count', u16),
      one: taggedBy('tag', cases),
    });
    const value = { items: [1, 2], one: { kind: 'big' as const, value: 7 } };
    const bytes = [2, 2, 1, 0, 2, 0, 7, 0, 0, 0];
    expect(write(layout, value)).toEqual(bytes);
    expect(read(layout, ...bytes)).toMatchObject(value);
    expect(() => read(layout, 0, 3)).toThrow(failsWith('bad-tag', 2));
  });

  it('put pointer targets behind the inline fields, in order', () => {
    const inner = struct({ next: pointer(u8) });
    const layout = struct({ first: pointerTo(inner), none: pointer(u8), second: pointer(u16) });
    const bytes = [12, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 18, 0, 0, 0, 5, 0, 9];
    expect(write(layout, { first: { next: 9 }, none: null, second: 5 })).toEqual(bytes);
    expect(read(layout, ...bytes)).toEqual({ first: { next: 9 }, none: null, second: 5 });
  });

  it('refuse pointers that are null or leave the body', () => {
    expect(() => read(pointerTo(u8), 0, 0, 0, 0)).toThrow(failsWith('bad-pointer', 0));
    expect(() => read(pointer(u8), 4, 0, 0, 0)).toThrow(failsWith('bad-pointer', 0));
    expect(() => read(pointer(u16), 4, 0, 0, 0, 1)).toThrow(failsWith('truncated', 4));
  });

  it('refuse counts before they allocate', () => {
    expect(() => read(counted(u32, u8), 0xff, 0xff, 0xff, 0xff)).toThrow(failsWith('bad-count', 4));
    expect(() => read(counted(u32, struct({})), 0xff, 0xff, 0xff, 0xff)).toThrow(failsWith('bad-count', 4));
    expect(() => read(countedBytes(u32), 2, 0, 0, 0, 1)).toThrow(failsWith('truncated', 4));
    const product = struct({ w: u32, h: u32, data: bytesBy((owner) => owner.w * owner.h, 'w × h') });
    expect(() => read(product, ...new Uint8Array(8).fill(0xff))).toThrow(failsWith('truncated', 8));
  });

  it('have fields that depend on earlier ones', () => {
    const layout = struct({ flags: u8, extra: ifFlag(2, u16) });
    expect(read(layout, 3, 5, 0)).toEqual({ flags: 3, extra: 5 });
    expect(read(layout, 1)).toEqual({ flags: 1, extra: undefined });
    expect(write(layout, { flags: 2, extra: 5 })).toEqual([2, 5, 0]);
    const without = struct({ flags: u8, extra: unlessFlag(2, u16) });
    expect(read(without, 2)).toEqual({ flags: 2, extra: undefined });
    expect(read(without, 1, 5, 0)).toEqual({ flags: 1, extra: 5 });
  });

  it('have unions by tag', () => {
    const layout = union(u8, { none: [0, {}], one: [1, { value: u8 }] });
    expect(read(layout, 1, 9)).toEqual({ kind: 'one', value: 9 });
    expect(write(layout, { kind: 'none' })).toEqual([0]);
    expect(() => read(layout, 2)).toThrow(failsWith('bad-tag', 1));
  });
});

describe('MessageSet', () => {
  const set = new MessageSet({ hello: message(5, { value: u16 }) } as const);

  it('allows trailing bytes and names the message in errors', () => {
    expect(set.read(5, Uint8Array.of(1, 0, 9))).toEqual({ name: 'hello', value: { value: 1 } });
    expect(() => set.read(5, Uint8Array.of(1))).toThrow('hello, byte 0: expected 2 more bytes, got 1');
  });

  it('keeps earlier results when it writes again', () => {
    const first = set.write('hello', { value: 1 });
    set.write('hello', { value: 2 });
    expect([...first]).toEqual([1, 0]);
  });
});
