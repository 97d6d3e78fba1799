import type { DecodedPicture } from './frame-decoder.ts';

/** Larger pictures are refused: 8192 x 8192. */
export const MAX_PICTURE_PIXELS = 1 << 26;

/** Memory kept for pictures to come; more are rarely waiting at once. */
const SPARE_BUFFERS = 4;

/** VideoFrames that were made and not yet closed, in this thread: they hold a decoder's few buffers. */
let openFrames = 0;
export function openVideoFrames(): number {
  return openFrames;
}
export function countVideoFrame(frame: VideoFrame): VideoFrame {
  openFrames++;
  return frame;
}
export function closeVideoFrame(frame: VideoFrame): void {
  openFrames--;
  frame.close();
}

/** how VideoFrame.copyTo converts here: to our own word order, or only to the canvas's */
let copyFormat: 'BGRA' | 'RGBA' | 'none' | undefined;

/** Copies frames out of the browser's hands, into memory that serves again. */
export class FramePixels {
  #spare: Uint32Array[] = [];
  #canvas: OffscreenCanvasRenderingContext2D | undefined;

  /** The frame's visible picture. The frame stays the caller's. */
  async copyFrame(frame: VideoFrame): Promise<DecodedPicture> {
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight };
    checkSize(width, height);
    if (copyFormat === 'none') return this.copyImage(frame, width, height);
    const pixels = this.#take(width * height);
    const bytes = new Uint8Array(pixels.buffer, 0, width * height * 4);
    try {
      await this.#copyTo(frame, bytes, width);
    } catch (error) {
      this.#give(pixels);
      // A frame without a pixel format is opaque to us, but a canvas can draw it.
      if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      return this.copyImage(frame, width, height);
    }
    if (copyFormat === 'RGBA') swapWords(pixels, width * height);
    return this.#picture(pixels, width, height);
  }

  /** By drawing on a canvas and reading back, where nothing better is there. */
  copyImage(image: CanvasImageSource, width: number, height: number): DecodedPicture {
    checkSize(width, height);
    if (this.#canvas?.canvas.width !== width || this.#canvas.canvas.height !== height) {
      const canvas = new OffscreenCanvas(width, height);
      this.#canvas = canvas.getContext('2d', { alpha: false, willReadFrequently: true }) ?? undefined;
    }
    if (this.#canvas === undefined) throw new Error('This browser gives no 2d context in workers.');
    this.#canvas.drawImage(image, 0, 0, width, height);
    const { data } = this.#canvas.getImageData(0, 0, width, height);
    const pixels = new Uint32Array(data.buffer);
    swapWords(pixels, width * height);
    return this.#picture(pixels, width, height);
  }

  dispose(): void {
    this.#spare = [];
    this.#canvas = undefined;
  }

  async #copyTo(frame: VideoFrame, bytes: Uint8Array<ArrayBuffer>, width: number): Promise<void> {
    const layout = [{ offset: 0, stride: width * 4 }];
    if (copyFormat !== undefined) {
      await frame.copyTo(bytes, { format: copyFormat as 'BGRA' | 'RGBA', layout });
      return;
    }
    // Asked once: browsers without conversion ignore the format, or refuse it.
    for (const format of ['BGRA', 'RGBA'] as const) {
      try {
        if (frame.allocationSize({ format }) !== bytes.length) continue;
        await frame.copyTo(bytes, { format, layout });
        copyFormat = format;
        return;
      } catch (error) {
        if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
      }
    }
    if (frame.format !== null) copyFormat = 'none';
    throw new TypeError('VideoFrame.copyTo does not convert');
  }

  #picture(pixels: Uint32Array, width: number, height: number): DecodedPicture {
    let released = false;
    const release = (): void => {
      if (!released) this.#give(pixels);
      released = true;
    };
    return { width, height, pixels, release };
  }

  #take(count: number): Uint32Array<ArrayBuffer> {
    const at = this.#spare.findIndex(({ length }) => length === count);
    const found = at < 0 ? undefined : this.#spare.splice(at, 1)[0];
    return (found as Uint32Array<ArrayBuffer> | undefined) ?? new Uint32Array(count);
  }

  #give(pixels: Uint32Array): void {
    this.#spare.push(pixels);
    if (this.#spare.length > SPARE_BUFFERS) this.#spare.shift();
  }
}

function checkSize(width: number, height: number): void {
  if (!(width >= 1 && height >= 1 && width * height <= MAX_PICTURE_PIXELS)) {
    throw new RangeError(`a video picture of ${width}x${height}`);
  }
}

/** R, G, B, A in memory to 0xAARRGGBB words, in place. */
function swapWords(words: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const p = words[i] as number;
    words[i] = 0xff000000 | (p & 0xff00) | ((p & 0xff) << 16) | ((p >>> 16) & 0xff);
  }
}
