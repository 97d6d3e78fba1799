import { expect, it } from 'vitest';
import { opusPacketMilliseconds } from './opus-packet.ts';

it.each([
  [[], 0],
  // SILK 10 ms and 60 ms, hybrid 20 ms, CELT 2.5 ms and 20 ms: one frame
  [[0 << 3], 10],
  [[3 << 3], 60],
  [[13 << 3], 20],
  [[16 << 3], 2.5],
  [[31 << 3], 20],
  // two frames, and as many as the second byte says
  [[(30 << 3) | 1], 20],
  [[(30 << 3) | 2], 20],
  [[(29 << 3) | 3, 0x80 | 2], 10],
  [[(29 << 3) | 3], 0],
])('an Opus packet that begins with %j sounds for %d ms', (bytes, milliseconds) => {
  expect(opusPacketMilliseconds(Uint8Array.from(bytes))).toBe(milliseconds);
});
