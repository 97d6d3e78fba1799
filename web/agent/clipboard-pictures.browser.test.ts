import { expect, it } from 'vitest';
import { clipboardType } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { encodeBmp } from '@spice-viewer/shared-protocol/agent/clipboard-image.ts';
import { browserPictures } from './clipboard-pictures.ts';

const size = { width: 19, height: 7 };
const opaque = Uint8ClampedArray.from({ length: size.width * size.height * 4 }, (_, i) =>
  i % 4 === 3 ? 255 : (i * 7919 + (i >> 3)) & 255,
);

async function pixelsOf(picture: Blob): Promise<number[]> {
  const bitmap = await createImageBitmap(picture, { colorSpaceConversion: 'none' });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  if (context === null) throw new Error('no context');
  context.drawImage(bitmap, 0, 0);
  return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
}

it('a BMP becomes a PNG, and a PNG a BMP, pixel for pixel', async () => {
  const png = await browserPictures.toPng(clipboardType.bmp, encodeBmp(size, opaque));
  const blob = new Blob([png], { type: 'image/png' });
  expect(await pixelsOf(blob)).toEqual([...opaque]);
  expect([...(await browserPictures.fromPng(clipboardType.bmp, blob))]).toEqual([...encodeBmp(size, opaque)]);
  expect((await browserPictures.fromPng(clipboardType.png, blob)).length).toBe(blob.size);
});

it('a JPEG becomes a PNG', async () => {
  const canvas = new OffscreenCanvas(32, 16);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no context');
  context.fillStyle = 'rgb(200 30 60)';
  context.fillRect(0, 0, 32, 16);
  const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 });
  const png = await browserPictures.toPng(clipboardType.jpg, new Uint8Array(await jpeg.arrayBuffer()));
  const pixels = await pixelsOf(new Blob([png], { type: 'image/png' }));
  expect(pixels.length).toBe(32 * 16 * 4);
  for (const [channel, value] of [200, 30, 60, 255].entries()) {
    expect(Math.abs((pixels[channel] ?? 0) - value)).toBeLessThan(4);
  }
});

it('what is no picture is refused', async () => {
  for (const type of [clipboardType.png, clipboardType.bmp, clipboardType.jpg, clipboardType.tiff]) {
    await expect(browserPictures.toPng(type, new Uint8Array(100))).rejects.toThrow();
  }
  const broken = encodeBmp(size, opaque).slice(0, 60);
  broken[28] = 77;
  await expect(browserPictures.toPng(clipboardType.bmp, broken)).rejects.toThrow();
});
