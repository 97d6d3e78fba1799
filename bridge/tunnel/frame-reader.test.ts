import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { borrowedBuffers, FrameReader } from './frame-reader.ts';
import { pattern } from '../testing/test-kit.ts';

/** A browser's socket that takes `room` bytes and keeps the rest waiting, as references to the caller's memory. */
class FakeClient {
  readonly written: Buffer[] = [];
  writableLength = 0;
  readonly writableHighWaterMark = 16 * 1024;
  blocked = false;

  write(bytes: Buffer): boolean {
    this.written.push(this.blocked ? bytes : Buffer.from(bytes));
    if (this.blocked) this.writableLength += bytes.length;
    return this.writableLength < this.writableHighWaterMark;
  }
}

function readerFor(client: FakeClient, mayBorrow = true): FrameReader {
  return new FrameReader(client as unknown as Socket, mayBorrow);
}

/** What the system does for each read. */
function deliver(reader: FrameReader, bytes: Buffer, into: Buffer): { into: Buffer; more: boolean } {
  bytes.copy(into);
  const more = reader.forward(bytes.length);
  return { more, into: reader.nextBuffer() };
}

describe('frames', () => {
  it.each([
    [1, '8201'],
    [125, '827d'],
    [126, '827e007e'],
    [65535, '827effff'],
    [65536, '827f0000000000010000'],
  ])('of %i bytes begin with %s', (size, header) => {
    const client = new FakeClient();
    readerFor(client).send(pattern(size));
    expect(client.written[0]?.subarray(0, header.length / 2).toString('hex')).toBe(header);
    expect(client.written[0]?.subarray(header.length / 2).equals(pattern(size))).toBe(true);
  });
});

describe('buffers', () => {
  it('are shared while reads are small, and what waits is a copy', () => {
    const client = new FakeClient();
    client.blocked = true;
    const reader = readerFor(client);
    const first = reader.nextBuffer();
    const { into } = deliver(reader, pattern(1000, 1), first);
    expect(into.buffer).toBe(first.buffer);
    expect(readerFor(new FakeClient()).nextBuffer().buffer).toBe(first.buffer);
    into.fill(0);
    expect(client.written[0]?.subarray(4).equals(pattern(1000, 1))).toBe(true);
  });

  it('are borrowed by busy connections and given back at a small read', () => {
    const client = new FakeClient();
    const reader = readerFor(client);
    const shared = reader.nextBuffer();
    const { into: own } = deliver(reader, pattern(shared.length), shared);
    expect(own.buffer).not.toBe(shared.buffer);
    expect(borrowedBuffers()).toBe(1);
    const { into: kept } = deliver(reader, pattern(own.length, 2), own);
    expect(kept).toBe(own);
    expect(client.written[1]?.subarray(10).equals(pattern(own.length, 2))).toBe(true);
    expect(deliver(reader, pattern(10), kept).into.buffer).toBe(shared.buffer);
    expect(borrowedBuffers()).toBe(0);
    // The spare one is used again.
    const other = readerFor(new FakeClient());
    expect(deliver(other, pattern(shared.length), other.nextBuffer()).into.buffer).toBe(own.buffer);
    other.release();
  });

  it('stay untouched by others while they are being sent', () => {
    const client = new FakeClient();
    const reader = readerFor(client);
    let { into } = deliver(reader, pattern(65536), reader.nextBuffer());
    client.blocked = true;
    const slow = deliver(reader, pattern(100_000, 3), into);
    expect(slow.more).toBe(false);
    expect(slow.into).toBe(into); // paused: nothing is read into it before `drain`
    reader.release(); // the target's socket closed meanwhile
    const other = readerFor(new FakeClient());
    ({ into } = deliver(other, pattern(65536), other.nextBuffer()));
    into.fill(0);
    expect(client.written[1]?.subarray(10).equals(pattern(100_000, 3))).toBe(true);
    other.release();
    expect(borrowedBuffers()).toBe(0);
  });

  it('are not reused when the socket takes more but has not sent all', () => {
    const client = new FakeClient();
    const reader = readerFor(client);
    const { into: own } = deliver(reader, pattern(65536), reader.nextBuffer());
    client.blocked = true;
    const { into, more } = deliver(reader, pattern(12_000, 4), own);
    expect(more).toBe(true);
    expect(into.buffer).not.toBe(own.buffer);
    expect(borrowedBuffers()).toBe(0);
  });

  it('are never borrowed where reads go on while paused', () => {
    const reader = readerFor(new FakeClient(), false);
    const shared = reader.nextBuffer();
    expect(deliver(reader, pattern(shared.length), shared).into).toBe(shared);
  });

  it('are limited in number', () => {
    const readers = Array.from({ length: 40 }, () => readerFor(new FakeClient()));
    for (const reader of readers) deliver(reader, pattern(65536), reader.nextBuffer());
    expect(borrowedBuffers()).toBe(32);
    for (const reader of readers) reader.release();
    expect(borrowedBuffers()).toBe(0);
  });
});
