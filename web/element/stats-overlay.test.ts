import { expect, it } from 'vitest';
import { soundLines } from './stats-overlay.ts';

const audio = {
  codec: 'opus',
  packets: 400,
  bufferMilliseconds: 130,
  targetMilliseconds: 100,
  underruns: 1,
  pauses: 0,
  latestMilliseconds: 42,
} as const;

it('has a line for what plays and one for what is recorded, and none for silence', () => {
  expect(soundLines({ audio, microphone: { codec: 'raw', packets: 7 } })).toEqual([
    'sound opus  130 ms buffered of 100 ms, 1 underruns, up to 42 ms late',
    'microphone raw  7 packets',
  ]);
  expect(soundLines({ audio: { ...audio, codec: 'none' }, microphone: null })).toEqual([]);
});
