import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../wire/byte-queue.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { Writer } from '../wire/writer.ts';
import { AckWindow } from './ack-window.ts';
import { MessageReader, MessageWriter, type RawMessage } from './message-stream.ts';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';

interface Sub {
  type: number;
  body: number[];
}

/** u16 count, offsets, the sub-messages; offsets count from `base`. */
function subList(subs: Sub[], base = 0): number[] {
  const writer = new Writer();
  writer.u16(subs.length);
  let at = base + 2 + 4 * subs.length;
  for (const sub of subs) {
    writer.u32(at);
    at += 6 + sub.body.length;
  }
  for (const sub of subs) {
    writer.u16(sub.type);
    writer.u32(sub.body.length);
    writer.put(Uint8Array.from(sub.body));
  }
  return [...writer.finish()];
}

function full(serial: number, type: number, body: number[], list = 0): number[] {
  const writer = new Writer();
  writer.u64({ hi: Math.floor(serial / 2 ** 32), lo: serial >>> 0 });
  writer.u16(type);
  writer.u32(body.length);
  writer.u32(list);
  return [...writer.finish(), ...body];
}

function mini(type: number, body: number[]): number[] {
  const writer = new Writer();
  writer.u16(type);
  writer.u32(body.length);
  return [...writer.finish(), ...body];
}

function readAll(bytes: number[], miniHeader: boolean, pieces = bytes.length): RawMessage[] {
  const reader = new MessageReader({ miniHeader });
  const queue = new ByteQueue();
  const messages: RawMessage[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, pieces)) {
    queue.push(Uint8Array.from(bytes.slice(at, at + Math.max(1, pieces))));
    for (let one = reader.next(queue); one !== undefined; one = reader.next(queue)) {
      messages.push({ ...one, body: one.body.slice() });
    }
  }
  return messages;
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

describe('MessageReader', () => {
  it('counts serials from 1 with mini headers', () => {
    const stream = [...mini(101, [1, 2]), ...mini(102, []), ...mini(103, [3])];
    expect(readAll(stream, true)).toEqual([
      { type: 101, body: bytes(1, 2), serial: 1, sub: false },
      { type: 102, body: bytes(), serial: 2, sub: false },
      { type: 103, body: bytes(3), serial: 3, sub: false },
    ]);
  });

  it('hands out the sub-messages of a LIST in order, each with its own body', () => {
    const list = subList([
      { type: 5, body: [9, 8] },
      { type: 105, body: [7] },
    ]);
    const messages = readAll([...mini(101, []), ...mini(8, list), ...mini(102, [])], true);
    expect(messages).toEqual([
      { type: 101, body: bytes(), serial: 1, sub: false },
      { type: 5, body: bytes(9, 8), serial: 2, sub: true },
      { type: 105, body: bytes(7), serial: 2, sub: true },
      { type: 8, body: bytes(...list), serial: 2, sub: false },
      { type: 102, body: bytes(), serial: 3, sub: false },
    ]);
  });

  it('hands out sub-messages of a full header before the message, and keeps its serial', () => {
    const body = [40, 41, ...subList([{ type: 5, body: [1] }], 2)];
    const messages = readAll([...full(2 ** 40 + 5, 304, body, 2), ...full(7, 102, [])], false);
    expect(messages).toEqual([
      { type: 5, body: bytes(1), serial: 2 ** 40 + 5, sub: true },
      { type: 304, body: bytes(...body), serial: 2 ** 40 + 5, sub: false },
      { type: 102, body: bytes(), serial: 7, sub: false },
    ]);
  });

  it('treats type 8 as any message with full headers, and in sub-messages', () => {
    expect(readAll(full(1, 8, [1]), false).map((one) => one.type)).toEqual([8]);
    const nested = subList([{ type: 8, body: subList([{ type: 5, body: [] }]) }]);
    expect(readAll(mini(8, nested), true).map((one) => one.sub)).toEqual([true, false]);
  });

  it('comes to the same for every size of pieces', () => {
    const list = subList([{ type: 5, body: [9, 8] }]);
    const withMini = [...mini(101, [1, 2, 3]), ...mini(8, list), ...mini(102, [])];
    const withFull = [
      ...full(1, 101, [1, 2, 3]),
      ...full(2, 304, [0, ...subList([{ type: 5, body: [9] }], 1)], 1),
    ];
    for (const pieces of [1, 2, 5, 6, 7, 18, 19]) {
      expect(readAll(withMini, true, pieces)).toEqual(readAll(withMini, true));
      expect(readAll(withFull, false, pieces)).toEqual(readAll(withFull, false));
    }
  });

  it('refuses an oversized message when its header is there', () => {
    const reader = new MessageReader({ miniHeader: true, maxSize: 100 });
    const queue = new ByteQueue();
    queue.push(Uint8Array.from(mini(101, []).with(2, 101)));
    expect(() => reader.next(queue)).toThrow(expect.objectContaining({ code: 'too-large' }));
    expect(() => readAll([1, 0, 0xff, 0xff, 0xff, 0xff], true)).toThrow(ProtocolError);
  });

  it('refuses lists that leave the body or repeat it', () => {
    expect(() => readAll(mini(8, [1]), true)).toThrow(ProtocolError);
    expect(() => readAll(mini(8, [1, 0, 200, 0, 0, 0]), true)).toThrow(ProtocolError);
    expect(() => readAll(mini(8, [1, 0, 0, 0, 0, 0]), true)).toThrow(ProtocolError);
    expect(() => readAll(full(1, 304, [1, 2, 3], 3), false)).toThrow(ProtocolError);
    expect(() => readAll(full(1, 304, [1, 2, 3], 99), false)).toThrow(ProtocolError);
    // Two entries at the same place.
    const twice = [2, 0, 10, 0, 0, 0, 10, 0, 0, 0, 5, 0, 9, 0, 0, 0, ...new Uint8Array(9)];
    expect(() => readAll(mini(8, twice), true)).toThrow(expect.objectContaining({ code: 'bad-count' }));
  });

  it('throws nothing but ProtocolError on any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        fc.boolean(),
        (noise, miniHeader, listed) => {
          const stream = listed ? [...mini(8, [...noise])] : [...noise];
          try {
            readAll(stream, miniHeader || listed);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        },
      ),
      fuzzRuns(100),
    );
  });
});

describe('MessageWriter', () => {
  it.each([true, false])('writes what MessageReader reads (mini headers: %s)', (miniHeader) => {
    const writer = new MessageWriter({ miniHeader, firstSerial: 41 });
    const stream = [...writer.write(104, bytes(1, 2, 3)), ...writer.write(2, bytes())];
    const reader = new MessageReader({ miniHeader, firstSerial: 41 });
    const queue = new ByteQueue();
    queue.push(Uint8Array.from(stream));
    expect(reader.next(queue)).toEqual({ type: 104, body: bytes(1, 2, 3), serial: 41, sub: false });
    expect(reader.next(queue)).toEqual({ type: 2, body: bytes(), serial: 42, sub: false });
    expect(reader.next(queue)).toBeUndefined();
  });
});

describe('AckWindow', () => {
  it('is due after every window of messages', () => {
    const acks = new AckWindow();
    expect([acks.count(), acks.count()]).toEqual([false, false]);
    acks.reset(3);
    const due = Array.from({ length: 7 }, () => acks.count());
    expect(due).toEqual([false, false, true, false, false, true, false]);
    acks.reset(1);
    expect(acks.count()).toBe(true);
    acks.reset(0);
    expect(acks.count()).toBe(false);
  });
});
