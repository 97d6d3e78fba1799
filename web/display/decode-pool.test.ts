import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import { CodecError } from '@spice-viewer/shared-protocol/codecs/codec-error.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DecodePool, type DecodeJob, type DecodeResult } from './decode-pool.ts';

/** The 8x6 QUIC RGB32 picture of docs/protocol/images.md#reference-picture. */
const quicBytes = Uint8Array.from(
  Buffer.from(
    '5155494300000000040000000800000006000000804000c080808080020282801084401000d8010000008c001f67df5082201004c0830207a88a6a0ec11004210001830e363300000421a88ab01084100000081b55b459040870014700805a5d51591b066a06000052c481281ba9da31ca542d320442a72acd6a42130d35ab1599d596596a8959cd0050a3cc00000000',
    'hex',
  ),
);

function image(data: Uint8Array = quicBytes): Image {
  return {
    id: { hi: 0, lo: 1 },
    flags: 0,
    width: 8,
    height: 6,
    payload: { kind: 'quic', data },
  };
}

class FakeWorker {
  onmessage: ((event: { data: DecodeResult }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly jobs: DecodeJob[] = [];
  terminated = false;
  postMessage = (job: DecodeJob): void => void this.jobs.push(job);
  terminate = (): void => {
    this.terminated = true;
  };
}

function start() {
  const workers: FakeWorker[] = [];
  const pool = new DecodePool(() => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  });
  return { pool, workers };
}

afterEach(() => vi.useRealTimers());

describe('DecodePool', () => {
  it('wants large QUIC images and no small ones', () => {
    const { pool } = start();
    expect(pool.wants({ ...image(), width: 640, height: 480 })).toBe(true);
    expect(pool.wants(image())).toBe(false);
    expect(
      pool.wants({ ...image(), width: 4000, height: 4000, payload: { kind: 'surface', surfaceId: 1 } }),
    ).toBe(false);
  });

  it('gives a worker a copy and passes on what it answers', async () => {
    const { pool, workers } = start();
    const decoding = pool.decode(image());
    const sent = workers[0]?.jobs[0];
    expect(sent?.image.payload).toEqual({ kind: 'quic', data: quicBytes });
    const decoded = { format: 'xrgb32', width: 8, height: 6, pixels: new Uint32Array(48) } as const;
    workers[0]?.onmessage?.({ data: { job: sent?.job ?? 0, decoded, milliseconds: 3 } });
    expect((await decoding).decoded).toBe(decoded);
  });

  it('rejects with CodecError what a worker cannot decode', async () => {
    const { pool, workers } = start();
    const decoding = pool.decode(image());
    workers[0]?.onmessage?.({ data: { job: 1, error: 'no' } });
    await expect(decoding).rejects.toBeInstanceOf(CodecError);
  });

  it('decodes in place what failing workers owe, and from then on', async () => {
    const { pool, workers } = start();
    const decoding = pool.decode(image());
    workers[0]?.onerror?.();
    expect((await decoding).decoded.pixels[0]).toBe(0x204060);
    expect(workers[0]?.terminated).toBe(true);
    expect((await pool.decode(image())).decoded.width).toBe(8);
    expect(workers).toHaveLength(1);
  });

  it('does not wait for a worker that never starts', async () => {
    vi.useFakeTimers();
    const { pool } = start();
    const decoding = pool.decode(image());
    vi.runAllTimers();
    expect((await decoding).decoded.height).toBe(6);
  });

  it('decodes in place where workers are forbidden', async () => {
    const pool = new DecodePool(() => {
      throw new DOMException('no workers', 'SecurityError');
    });
    expect((await pool.decode(image())).decoded.width).toBe(8);
    await expect(pool.decode(image(new Uint8Array(4)))).rejects.toBeInstanceOf(CodecError);
  });
});
