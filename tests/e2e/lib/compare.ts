/** Exact comparison of pictures: one differing channel of one pixel is a failure. */
import { writeFileSync } from 'node:fs';
import { test } from '@playwright/test';
import { pngOfPixels, type Pixels } from '../../servers/pixels.ts';
import { sleep } from '../../servers/process.ts';

export interface Difference {
  /** Differing pixels; all pixels of the larger picture when the sizes differ. */
  count: number;
  /** The smallest rectangle around them. */
  box: { x: number; y: number; width: number; height: number };
}

export function compare(actual: Pixels, expected: Pixels): Difference {
  const { width, height } = expected;
  if (actual.width !== width || actual.height !== height) {
    const count = Math.max(width * height, actual.width * actual.height);
    return { count, box: { x: 0, y: 0, width, height } };
  }
  // Both are 4-byte aligned copies, so whole pixels can be compared at once.
  const a = new Uint32Array(actual.rgba.buffer, actual.rgba.byteOffset, width * height);
  const b = new Uint32Array(expected.rgba.buffer, expected.rgba.byteOffset, width * height);
  let count = 0;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (a[i] === b[i]) continue;
      count++;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  const box =
    count === 0
      ? { x: 0, y: 0, width: 0, height: 0 }
      : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  return { count, box };
}

/** Equal pixels faded to light grey, differing ones red. */
function differencePicture(actual: Pixels, expected: Pixels): Pixels {
  const { width, height } = expected;
  const rgba = new Uint8Array(width * height * 4);
  const [a, b] = [actual.rgba, expected.rgba];
  for (let i = 0; i < rgba.length; i += 4) {
    const same = a[i] === b[i] && a[i + 1] === b[i + 1] && a[i + 2] === b[i + 2] && a[i + 3] === b[i + 3];
    const grey = 192 + ((b[i] + b[i + 1] + b[i + 2]) >> 4);
    rgba.set(same ? [grey, grey, grey, 255] : [255, 0, 0, 255], i);
  }
  return { width, height, rgba };
}

function save(name: string, pixels: Pixels): void {
  const path = test.info().outputPath(`${name}.png`);
  writeFileSync(path, pngOfPixels(pixels));
  test.info().attachments.push({ name, path, contentType: 'image/png' });
}

/**
 * Polls both pictures until they are equal and gives the picture. Fails at the deadline with the number of differing
 * pixels and their bounding box; the pictures and their difference are then in test-results.
 */
export async function waitForEqual(
  what: string,
  getActual: () => Promise<Pixels>,
  getExpected: () => Promise<Pixels>,
  { timeout = 60_000 } = {},
): Promise<Pixels> {
  const end = Date.now() + timeout;
  let before: Pixels | undefined;
  for (;;) {
    const expected = await getExpected();
    const actual = await getActual();
    const difference = compare(actual, expected);
    if (difference.count === 0) return expected;
    if (Date.now() < end) {
      before = expected;
      await sleep(200);
      continue;
    }
    const still = before !== undefined && compare(before, expected).count === 0;
    const name = what.replaceAll(/[^\w]+/g, '-');
    save(`${name}-actual`, actual);
    save(`${name}-expected`, expected);
    const sizes = `actual ${actual.width}x${actual.height}, expected ${expected.width}x${expected.height}`;
    if (actual.rgba.length === expected.rgba.length) {
      save(`${name}-difference`, differencePicture(actual, expected));
    }
    const { x, y, width, height } = difference.box;
    throw new Error(
      `${what}: ${difference.count} pixels differ within ${width}x${height}+${x}+${y} (${sizes}; ` +
        `the server's picture ${still ? 'stood still' : 'was still changing'})`,
    );
  }
}
