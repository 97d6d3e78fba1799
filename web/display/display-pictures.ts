import { presentRect } from '../render/present.ts';
import type { DisplayChannels } from './display-channels.ts';

/**
 * A display's pixels straight from the surface: what was drawn, shown or not yet.
 * @throws Error for a display that is not there
 */
export function displayPixels(channels: DisplayChannels, display: number): ImageData {
  for (const [id, channel] of channels.displays) {
    const surface = channel.shownSurface;
    const head = channels.headsOf(id, channel).find((one) => one.id === display);
    if (surface === undefined || head === undefined) continue;
    const image = new ImageData(head.width, head.height);
    const words = new Uint32Array(image.data.buffer);
    presentRect(surface, head.surfaceX, head.surfaceY, head.width, head.height, words, head.width, true);
    return image;
  }
  throw new Error(`There is no display ${display}.`);
}

export async function toPng(image: ImageData): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser gives no 2d context in workers.');
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
