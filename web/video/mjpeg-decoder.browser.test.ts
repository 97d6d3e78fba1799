import { expect, it } from 'vitest';
import type { DecodedPicture } from './frame-decoder.ts';
import { openVideoFrames } from './frame-pixels.ts';
import { MjpegDecoder } from './mjpeg-decoder.ts';

/** libjpeg with its standard tables, as servers have it: 32 columns of one colour, 32 of another. */
const jpeg = Uint8Array.from(
  atob(
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDg' +
      'sLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU' +
      'FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAwAEADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAw' +
      'QFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkK' +
      'FhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmq' +
      'KjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEB' +
      'AQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRob' +
      'HBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE' +
      'hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+P' +
      'n6/9oADAMBAAIRAxEAPwDw+iiivxw/tsKKKKAOPooor/Tg/wA3AooooA7Ciiiv8xz/AEjCiiigDj6KKK/04P8ANwKK' +
      'KKAOwooor/Mc/wBIwooooA4+iiiv9OD/ADcCiiigD//Z',
  ),
  (char) => char.charCodeAt(0),
);

/** As spice-server sends frames after the first: without DHT segments. */
function withoutTables(whole: Uint8Array): Uint8Array {
  const kept: number[] = [0xff, 0xd8];
  let at = 2;
  while (whole[at + 1] !== 0xda) {
    const end = at + 2 + (whole[at + 2] as number) * 256 + (whole[at + 3] as number);
    if (whole[at + 1] !== 0xc4) kept.push(...whole.subarray(at, end));
    at = end;
  }
  return Uint8Array.from([...kept, ...whole.subarray(at)]);
}

type Answer = { sequence: number; picture?: DecodedPicture };

function newDecoder() {
  const answers: Answer[] = [];
  let wake: () => void = () => undefined;
  const add = (answer: Answer): void => {
    answers.push(answer);
    wake();
  };
  const decoder = new MjpegDecoder({
    wants: () => true,
    picture: (sequence, picture) => add({ sequence, picture }),
    skipped: (sequence) => add({ sequence }),
    failed: () => add({ sequence: -1 }),
  });
  const until = async (count: number): Promise<Answer[]> => {
    while (answers.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return answers;
  };
  return { decoder, until };
}

function isClose(word: number, red: number, green: number, blue: number): boolean {
  return (
    word >>> 24 === 255 &&
    Math.abs(((word >> 16) & 255) - red) < 8 &&
    Math.abs(((word >> 8) & 255) - green) < 8 &&
    Math.abs((word & 255) - blue) < 8
  );
}

function expectColors({ picture }: Answer): void {
  expect([picture?.width, picture?.height]).toEqual([64, 48]);
  const pixels = picture?.pixels ?? new Uint32Array();
  expect(isClose(pixels[24 * 64 + 8] as number, 200, 40, 20)).toBe(true);
  expect(isClose(pixels[24 * 64 + 56] as number, 30, 60, 210)).toBe(true);
}

it('shows frames without Huffman tables, like those with them', async () => {
  const { decoder, until } = newDecoder();
  const bare = withoutTables(jpeg);
  expect(bare.length).toBeLessThan(jpeg.length);
  decoder.decode(bare, 1);
  expectColors((await until(1))[0] as Answer);
  decoder.decode(jpeg, 2);
  expectColors((await until(2))[1] as Answer);
  decoder.close();
  expect(openVideoFrames()).toBe(0);
});

it('works without WebCodecs, as on plain-http pages', async () => {
  const kept = globalThis.ImageDecoder;
  Object.assign(globalThis, { ImageDecoder: undefined });
  try {
    const { decoder, until } = newDecoder();
    decoder.decode(withoutTables(jpeg), 1);
    expectColors((await until(1))[0] as Answer);
    decoder.close();
  } finally {
    Object.assign(globalThis, { ImageDecoder: kept });
  }
});

it('drops what waits when something newer comes, skips broken frames, and fails after many', async () => {
  const { decoder, until } = newDecoder();
  for (let i = 1; i <= 3; i++) decoder.decode(jpeg, i);
  expect((await until(3)).map(({ sequence, picture }) => [sequence, picture !== undefined])).toEqual([
    [2, false],
    [1, true],
    [3, true],
  ]);
  decoder.decode(jpeg.slice(0, 10), 4);
  expect((await until(4))[3]).toEqual({ sequence: 4 });
  let answers = 4;
  for (let i = 0; i < 9; i++) {
    decoder.decode(jpeg.slice(0, 10), 5 + i);
    answers++;
    await until(answers);
  }
  expect((await until(answers)).at(-1)).toEqual({ sequence: -1 });
  expect(openVideoFrames()).toBe(0);
});
