/** Whether the viewer shows a server's picture: what it holds, and what is on its canvas. */
import { createHash } from 'node:crypto';
import type { Page } from '@playwright/test';
import type { Pixels } from '../../servers/pixels.ts';
import { sleep } from '../../servers/process.ts';
import { waitForEqual } from '../lib/compare.ts';
import type { Viewer, ViewerElement } from '../lib/viewer.ts';

function digest({ width, height, rgba }: Pixels): string {
  return `${width}x${height} ${createHash('sha256').update(rgba).digest('hex')}`;
}

/** Of a picture as `canvasDigest` says it. */
export const heldDigest = digest;

/** What is on the canvas of a display in any page, also a display's own window. */
export function canvasDigest(page: Page, display: number): Promise<string> {
  return page.locator(`canvas[part~="screen"][data-display="${display}"]`).evaluate(async (found) => {
    const canvas = found as HTMLCanvasElement;
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d', { willReadFrequently: true });
    context?.drawImage(canvas, 0, 0);
    const shown = context?.getImageData(0, 0, copy.width, copy.height);
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', shown?.data ?? new Uint8Array()));
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${copy.width}x${copy.height} ${hex}`;
  });
}

interface Digests {
  held: string;
  canvas: string;
}

/** Both pictures of a display as size and SHA-256: whole pictures stay in the page. */
function digests(viewer: Viewer, display: number): Promise<Digests> {
  return viewer.element.evaluate(async (found, display) => {
    const element = found as unknown as ViewerElement;
    const hash = async ({ width, height, data }: ImageData): Promise<string> => {
      const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
      return `${width}x${height} ${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    };
    const canvas = element.shadowRoot?.querySelector<HTMLCanvasElement>(
      `canvas[part~="screen"][data-display="${display}"]`,
    );
    const copy = document.createElement('canvas');
    copy.width = canvas?.width ?? 1;
    copy.height = canvas?.height ?? 1;
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (canvas) context?.drawImage(canvas, 0, 0);
    const shown = context?.getImageData(0, 0, copy.width, copy.height);
    return {
      held: await hash(await element.getImageData({ display })),
      canvas: shown === undefined ? '' : await hash(shown),
    };
  }, display);
}

/** The pixels that are on the canvas of a display. */
export function canvasPixels(viewer: Viewer, display: number): Promise<Pixels> {
  return viewer.element
    .evaluate(async (found, display) => {
      const canvas = found.shadowRoot?.querySelector<HTMLCanvasElement>(
        `canvas[part~="screen"][data-display="${display}"]`,
      );
      const copy = document.createElement('canvas');
      copy.width = canvas?.width ?? 1;
      copy.height = canvas?.height ?? 1;
      const context = copy.getContext('2d', { willReadFrequently: true });
      if (canvas) context?.drawImage(canvas, 0, 0);
      const shown = context?.getImageData(0, 0, copy.width, copy.height);
      const reader = new FileReader();
      const url = await new Promise<string>((resolve) => {
        reader.addEventListener('load', () => resolve(reader.result as string));
        reader.readAsDataURL(new Blob([shown?.data ?? new Uint8Array(4)]));
      });
      return { width: copy.width, height: copy.height, base64: url.slice(url.indexOf(',') + 1) };
    }, display)
    .then(({ width, height, base64 }) => ({
      width,
      height,
      rgba: Uint8Array.from(Buffer.from(base64, 'base64')),
    }));
}

/**
 * Waits until the display's pixels and its canvas both equal the server's picture, and gives the picture. At the
 * deadline it fails as `waitForEqual` does, with the pictures kept.
 */
export async function waitForShown(
  what: string,
  viewer: Viewer,
  getExpected: () => Promise<Pixels>,
  { display = 0, timeout = 20_000 } = {},
): Promise<Pixels> {
  const end = Date.now() + timeout;
  for (;;) {
    const expected = await getExpected();
    const wanted = digest(expected);
    const { held, canvas } = await digests(viewer, display);
    if (held === wanted && canvas === wanted) return expected;
    if (Date.now() > end) {
      await waitForEqual(what, () => viewer.pixels(display), getExpected, { timeout: 0 });
      await waitForEqual(`${what} on the canvas`, () => canvasPixels(viewer, display), getExpected, {
        timeout: 0,
      });
      return expected;
    }
    await sleep(150);
  }
}
