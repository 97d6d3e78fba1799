/** A client's canvas as pixels, read the same way for every client. */
import { createHash } from 'node:crypto';
import type { Page } from '@playwright/test';
import type { Pixels } from '../../servers/pixels.ts';

/** Evaluated as text: tsx would put helpers into functions that the page does not have. */
function copyOf(selector: string): string {
  return `(() => {
  const search = (root) => root.querySelector(${JSON.stringify(selector)})
    ?? [...root.querySelectorAll('*')].filter((one) => one.shadowRoot).map((one) => search(one.shadowRoot)).find(Boolean);
  const canvas = search(document);
  globalThis.pixelCopy ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const copy = globalThis.pixelCopy;
  if (copy.canvas.width !== canvas.width) copy.canvas.width = canvas.width;
  if (copy.canvas.height !== canvas.height) copy.canvas.height = canvas.height;
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, canvas.width, canvas.height);
})()`;
}

/** Size and SHA-256 of what the canvas shows. */
export function canvasDigest(page: Page, selector: string): Promise<string> {
  return page.evaluate(`(async () => {
    const { width, height, data } = ${copyOf(selector)};
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
    return width + 'x' + height + ' ' + [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  })()`);
}

export function pixelsDigest({ width, height, rgba }: Pixels): string {
  return `${width}x${height} ${createHash('sha256').update(rgba).digest('hex')}`;
}

export async function canvasPixels(page: Page, selector: string): Promise<Pixels> {
  const read = `(async () => {
    const { width, height, data } = ${copyOf(selector)};
    const reader = new FileReader();
    const url = await new Promise((resolve) => {
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(new Blob([data]));
    });
    return { width, height, base64: url.slice(url.indexOf(',') + 1) };
  })()`;
  const { width, height, base64 } = await page.evaluate<{ width: number; height: number; base64: string }>(
    read,
  );
  return { width, height, rgba: Uint8Array.from(Buffer.from(base64, 'base64')) };
}

/** Pixels that differ; all of the larger picture when the sizes do. */
export function wrongPixels(actual: Pixels, expected: Pixels): number {
  const count = expected.width * expected.height;
  if (actual.width !== expected.width || actual.height !== expected.height) {
    return Math.max(count, actual.width * actual.height);
  }
  const a = new Uint32Array(actual.rgba.buffer, actual.rgba.byteOffset, count);
  const b = new Uint32Array(expected.rgba.buffer, expected.rgba.byteOffset, count);
  let wrong = 0;
  for (let i = 0; i < count; i++) if (a[i] !== b[i]) wrong++;
  return wrong;
}
