import type { JpegPixels } from '@spice-viewer/shared-protocol/codecs/jpeg-alpha.ts';

/** Decodes a JPEG with the browser, its colours as they are stored. */
export async function decodeJpegInBrowser(jpeg: Uint8Array): Promise<JpegPixels> {
  const blob = new Blob([jpeg.slice()], { type: 'image/jpeg' });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { width, height } = bitmap;
  try {
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no 2d context for a JPEG');
    context.drawImage(bitmap, 0, 0);
    return { width, height, rgba: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}
