import { afterEach, expect, it, vi } from 'vitest';
import { OpusDecoder } from './opus-decoder.ts';

afterEach(() => vi.unstubAllGlobals());

/** Fails at every packet whose first byte is 0, as browsers do: later, and for good. */
function stubDecoders() {
  const made: FakeAudioDecoder[] = [];
  class FakeAudioDecoder {
    state = 'configured';
    decodeQueueSize = 0;
    readonly packets: number[] = [];
    readonly #error: (error: Error) => void;
    constructor({ error }: { error: (error: Error) => void }) {
      this.#error = error;
      made.push(this);
    }
    configure(): void {}
    decode({ data }: { data: Uint8Array }): void {
      this.packets.push(data[0]);
      if (data[0] !== 0) return;
      this.state = 'closed';
      queueMicrotask(() => this.#error(new Error('EncodingError')));
    }
    close(): void {
      this.state = 'closed';
    }
  }
  class FakeChunk {
    readonly data: Uint8Array;
    constructor({ data }: { data: Uint8Array }) {
      this.data = data;
    }
  }
  vi.stubGlobal('AudioDecoder', FakeAudioDecoder);
  vi.stubGlobal('EncodedAudioChunk', FakeChunk);
  return made;
}

it('a flood of packets that cannot be decoded does not make a decoder for each', async () => {
  const made = stubDecoders();
  let now = 0;
  const errors: Error[] = [];
  const decoder = new OpusDecoder(
    2,
    vi.fn(),
    (error) => errors.push(error),
    () => now,
  );
  const flood = async (): Promise<void> => {
    for (let n = 0; n < 1000; n++) {
      decoder.decode(Uint8Array.of(0), n);
      await Promise.resolve();
    }
  };
  await flood();
  expect([made.length, errors.length]).toEqual([5, 5]);
  decoder.decode(Uint8Array.of(1), 1000);
  expect(made).toHaveLength(5);
  // Some time later sound may be well again.
  now = 10_000;
  decoder.decode(Uint8Array.of(2), 1001);
  decoder.decode(Uint8Array.of(3), 1002);
  expect(made.map(({ packets }) => packets)).toEqual([[0], [0], [0], [0], [0], [2, 3]]);
  decoder.dispose();
});
