import { clipboardImageSize, encodeBmp } from '@spice-viewer/shared-protocol/agent/clipboard-image.ts';
import { clipboardType } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';

/** Pictures between the agent's types and the PNG that browsers have on their clipboards. */
export interface PictureConverter {
  /** @throws when the bytes are not a picture of that type, or too large a one */
  toPng(type: number, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  fromPng(type: number, png: Blob): Promise<Uint8Array<ArrayBuffer>>;
}

const mediaTypes: Readonly<Record<number, string>> = {
  [clipboardType.bmp]: 'image/bmp',
  [clipboardType.jpg]: 'image/jpeg',
};

/** With the browser's decoders; colours stay as they are stored. */
export const browserPictures: PictureConverter = {
  async toPng(type, bytes) {
    clipboardImageSize(type, bytes);
    if (type === clipboardType.png) return bytes.buffer;
    const { canvas } = await drawn(new Blob([bytes], { type: mediaTypes[type] ?? '' }));
    const png = await canvas.convertToBlob({ type: 'image/png' });
    return png.arrayBuffer();
  },

  async fromPng(type, png) {
    const bytes = new Uint8Array(await png.arrayBuffer());
    if (type === clipboardType.png) return bytes;
    clipboardImageSize(clipboardType.png, bytes);
    const { canvas, context } = await drawn(png);
    return encodeBmp(canvas, context.getImageData(0, 0, canvas.width, canvas.height).data);
  },
};

async function drawn(
  picture: Blob,
): Promise<{ canvas: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D }> {
  const bitmap = await createImageBitmap(picture, {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no 2d context for a picture');
    context.drawImage(bitmap, 0, 0);
    return { canvas, context };
  } finally {
    bitmap.close();
  }
}
