import { expect, it } from 'vitest';
import type { DecodedPicture } from './frame-decoder.ts';
import { openVideoFrames } from './frame-pixels.ts';
import { supportedVideoCodecs } from '../common/browser-codecs.ts';
import { WebCodecsDecoder } from './webcodecs-decoder.ts';

/** Frames of a stream, each of one grey. */
async function encode(codec: string, greys: number[]): Promise<{ data: Uint8Array; key: boolean }[]> {
  const frames: { data: Uint8Array; key: boolean }[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      frames.push({ data, key: chunk.type === 'key' });
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec, width: 64, height: 48, latencyMode: 'realtime' });
  for (const [i, grey] of greys.entries()) {
    const planes = new Uint8Array((64 * 48 * 3) / 2).fill(128);
    planes.fill(16 + (grey * 219) / 255, 0, 64 * 48);
    const init = { format: 'I420', codedWidth: 64, codedHeight: 48, timestamp: i * 40_000 } as const;
    const frame = new VideoFrame(planes, init);
    encoder.encode(frame);
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  return frames;
}

it('gives pictures in order, in our own word order, and closes every frame', async () => {
  const frames = await encode('vp8', [200, 120, 40]);
  const seen: [number, number][] = [];
  await new Promise<void>((resolve, reject) => {
    const decoder = new WebCodecsDecoder({ codec: 'vp8', height: 48 }, 'no-preference', {
      wants: (sequence) => sequence !== 2,
      picture: (sequence, picture: DecodedPicture) => {
        seen.push([sequence, picture.pixels[24 * 64 + 32] as number]);
        expect([picture.width, picture.height]).toEqual([64, 48]);
        picture.release();
        if (sequence === 3) {
          decoder.close();
          resolve();
        }
      },
      skipped: (sequence) => seen.push([sequence, -1]),
      failed: reject,
    });
    frames.forEach(({ data, key }, i) => decoder.decode(data, i + 1, key));
  });
  expect(seen.map(([sequence]) => sequence).sort()).toEqual([1, 2, 3]);
  const grey = (sequence: number): number => seen.find(([one]) => one === sequence)?.[1] ?? 0;
  for (const [sequence, value] of [
    [1, 200],
    [3, 40],
  ] as const) {
    const word = grey(sequence);
    expect(word >>> 24).toBe(255);
    for (const shift of [0, 8, 16]) expect(Math.abs(((word >> shift) & 255) - value)).toBeLessThan(8);
  }
  expect(grey(2)).toBe(-1);
  await expect.poll(openVideoFrames).toBe(0);
});

it('fails once for what it cannot decode', async () => {
  const failures: string[] = [];
  /** Until the decoder of that name fails; it then gets more of the same. */
  const decodeRubbish = (name: string): Promise<void> =>
    new Promise((resolve) => {
      const decoder = new WebCodecsDecoder({ codec: 'avc1.FFFFFF', height: 48 }, 'no-preference', {
        wants: () => true,
        picture: () => undefined,
        skipped: () => undefined,
        failed: () => {
          failures.push(name);
          resolve();
        },
      });
      decoder.decode(new Uint8Array(20), 1, true);
      decoder.decode(new Uint8Array(20), 2, true);
    });
  await decodeRubbish('first');
  // A fence: what the browser had to say of the first it has said before.
  await decodeRubbish('second');
  expect(failures).toEqual(['first', 'second']);
});

it('knows that this Chromium decodes what spice-server makes', async () => {
  expect(await supportedVideoCodecs()).toEqual(expect.arrayContaining(['mjpeg', 'vp8', 'vp9', 'h264']));
});
