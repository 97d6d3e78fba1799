import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';

function bytesFrom(start: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => start + i);
}

describe('ByteQueue', () => {
  it('gives views inside one chunk and copies over several', () => {
    const queue = new ByteQueue();
    const chunk = bytesFrom(0, 10);
    queue.push(chunk);
    queue.push(bytesFrom(10, 5));
    const inside = queue.take(4);
    expect(inside.buffer).toBe(chunk.buffer);
    expect([...inside]).toEqual([0, 1, 2, 3]);
    expect([...queue.peek(8)]).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    expect([...queue.take(11)]).toEqual([...bytesFrom(4, 11)]);
    expect(queue.length).toBe(0);
  });

  it('refuses more than there is, and stays usable', () => {
    const queue = new ByteQueue();
    queue.push(bytesFrom(0, 3));
    expect(() => queue.take(4)).toThrow(RangeError);
    expect(() => queue.skip(4)).toThrow(RangeError);
    expect([...queue.take(3)]).toEqual([0, 1, 2]);
  });

  it('gives any partition of the same bytes in any runs', () => {
    const sizes = fc.array(fc.nat(9), { maxLength: 200 });
    fc.assert(
      fc.property(sizes, sizes, (pushes, takes) => {
        const queue = new ByteQueue();
        const all: number[] = [];
        const got: number[] = [];
        takes.forEach((count, i) => {
          const chunk = bytesFrom(i, pushes[i] ?? 0);
          queue.push(chunk);
          all.push(...chunk);
          got.push(...queue.take(Math.min(count, queue.length)));
        });
        got.push(...queue.take(queue.length));
        expect(got).toEqual(all);
      }),
      fuzzRuns(100),
    );
  });

  it('takes one run out of very many tiny chunks', () => {
    const queue = new ByteQueue();
    const count = 300_000;
    for (let i = 0; i < count; i++) queue.push(Uint8Array.of(i & 0xff));
    queue.skip(100);
    const run = queue.take(count - 200);
    expect(run[0]).toBe(100);
    expect(run[run.length - 1]).toBe((count - 101) & 0xff);
    for (let i = 0; i < 100; i++) queue.take(1);
    expect(queue.length).toBe(0);
  });

  it('forgets everything when cleared', () => {
    const queue = new ByteQueue();
    queue.push(bytesFrom(0, 3));
    queue.take(1);
    queue.clear();
    expect(queue.length).toBe(0);
    queue.push(bytesFrom(5, 2));
    expect([...queue.take(2)]).toEqual([5, 6]);
  });
});
