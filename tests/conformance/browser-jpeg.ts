/** A JPEG decoder that runs in Debian's Chromium, for vectors that need the browser's own. */
import { chromium } from '@playwright/test';
import type { JpegDecoder } from '../../shared-protocol/codecs/jpeg-alpha.ts';
import { chromiumLaunch } from '../browsers/chromium.ts';

export interface BrowserJpeg {
  readonly decode: JpegDecoder;
  close(): Promise<void>;
}

/** Starts the browser; whoever calls closes it. */
export async function startBrowserJpeg(): Promise<BrowserJpeg> {
  const browser = await chromium.launch(chromiumLaunch);
  const page = await browser.newPage();
  return {
    decode: async (jpeg) => {
      const { width, height, rgba } = await page.evaluate(decodeInPage, Buffer.from(jpeg).toString('base64'));
      return { width, height, rgba: Buffer.from(rgba, 'base64') };
    },
    close: () => browser.close(),
  };
}

/** Runs in the page: bytes travel as base64, which is the fastest that Playwright carries. */
async function decodeInPage(base64: string): Promise<{ width: number; height: number; rgba: string }> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2d context');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  let text = '';
  for (let at = 0; at < data.length; at += 8192) {
    text += String.fromCharCode(...data.subarray(at, at + 8192));
  }
  return { width, height, rgba: btoa(text) };
}
