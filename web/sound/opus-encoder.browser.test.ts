import { expect, it } from 'vitest';
import { encodesOpus, OpusEncoder } from './opus-encoder.ts';
import { opusPacketMilliseconds } from './opus-packet.ts';

it.each([1, 2])(
  'encodes Opus of %i channels in packets of ten milliseconds, one for each piece',
  async (channels) => {
    expect(await encodesOpus()).toBe(true);
    const packets: Uint8Array[] = [];
    const pieces = 50;
    await new Promise<void>((resolve, reject) => {
      const encoder = new OpusEncoder(
        channels,
        (packet) => {
          packets.push(packet);
          // What looks ahead may be held back at the end.
          if (packets.length === pieces - 2) resolve();
        },
        reject,
      );
      for (let n = 0; n < pieces; n++) {
        const tone = Float32Array.from({ length: 480 }, (_, i) =>
          Math.sin((2 * Math.PI * 440 * (n * 480 + i)) / 48_000),
        );
        encoder.encode(tone, tone);
      }
    });
    expect(packets.map(opusPacketMilliseconds)).toEqual(packets.map(() => 10));
  },
);
