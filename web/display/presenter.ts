import { presentRect } from '../render/present.ts';
import type { Surface } from '../render/surface.ts';
import type { DisplayHead } from '../api/public-types.ts';

/** A part of a surface that is shown on one canvas. */
export interface PresentedHead extends DisplayHead {
  /** where it lies on the surface */
  readonly surfaceX: number;
  readonly surfaceY: number;
}

interface Target {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;
  /** RGBA of the whole canvas: dirty rectangles are converted in place, so no frame allocates */
  image: ImageData;
  words: Uint32Array;
  needsAll: boolean;
  framesPresented: number;
}

/** What a display channel shows at the moment. */
export interface PresentedChannel {
  /** undefined until it was marked to be shown */
  readonly surface: Surface | undefined;
  readonly heads: readonly PresentedHead[];
}

/** Milliseconds from frame to frame where there are no animation frames. */
const TIMED_FRAME = 16;

/**
 * Puts what changed of the surfaces on the canvases, once per animation frame. A hidden page is not
 * painted: the surfaces know what is dirty until it is seen again.
 */
export class Presenter {
  readonly #targets = new Map<number, Target>();
  readonly #channels: () => Iterable<PresentedChannel>;
  #scheduled = false;
  #visible = true;
  #byTimer = false;

  constructor(channels: () => Iterable<PresentedChannel>) {
    this.#channels = channels;
  }

  attach(display: number, canvas: OffscreenCanvas): void {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('This browser gives no 2d context in workers.');
    const image = new ImageData(Math.max(1, canvas.width), Math.max(1, canvas.height));
    const words = new Uint32Array(image.data.buffer);
    this.#targets.set(display, { canvas, context, image, words, needsAll: true, framesPresented: 0 });
    this.schedule();
  }

  detach(display: number): void {
    this.#targets.delete(display);
  }

  /** @param byTimer somebody sees it though the worker gets no animation frames: its page is hidden */
  setVisible(visible: boolean, byTimer: boolean): void {
    this.#visible = visible;
    this.#byTimer = byTimer;
    // The frame that was asked for may never come now.
    this.#scheduled = false;
    this.schedule();
  }

  /** Another session draws: what the canvases show is not of its surfaces. */
  forget(): void {
    for (const target of this.#targets.values()) {
      target.needsAll = true;
      target.framesPresented = 0;
    }
  }

  framesPresented(display: number): number {
    return this.#targets.get(display)?.framesPresented ?? 0;
  }

  /** Something may be dirty. */
  schedule(): void {
    if (this.#scheduled || !this.#visible) return;
    this.#scheduled = true;
    const frame = (): void => {
      this.#scheduled = false;
      if (this.#visible) this.#present();
    };
    // Older browsers have no requestAnimationFrame in workers.
    if (this.#byTimer || typeof requestAnimationFrame !== 'function') setTimeout(frame, TIMED_FRAME);
    else requestAnimationFrame(frame);
  }

  #present(): void {
    for (const { surface, heads } of this.#channels()) {
      if (surface === undefined) continue;
      const shown = heads.filter((head) => this.#targets.has(head.id));
      if (shown.length === 0) continue;
      for (const head of shown) this.#prepare(head);
      const changed = new Set<number>();
      surface.dirty.take((left, top, right, bottom) => {
        for (const head of shown) {
          if (this.#presentPart(surface, head, left, top, right, bottom)) changed.add(head.id);
        }
      });
      for (const head of shown) {
        const target = this.#targets.get(head.id) as Target;
        if (target.needsAll) {
          target.needsAll = false;
          this.#presentPart(surface, head, 0, 0, surface.width, surface.height);
          changed.add(head.id);
        }
        if (changed.has(head.id)) target.framesPresented++;
      }
    }
  }

  /** A canvas takes the head's size in the same frame in which it is painted again: no flicker. */
  #prepare(head: PresentedHead): void {
    const target = this.#targets.get(head.id) as Target;
    const { canvas } = target;
    if (canvas.width === head.width && canvas.height === head.height && target.image.width === head.width) {
      if (target.image.height === head.height) return;
    }
    canvas.width = head.width;
    canvas.height = head.height;
    target.image = new ImageData(Math.max(1, head.width), Math.max(1, head.height));
    target.words = new Uint32Array(target.image.data.buffer);
    target.needsAll = true;
  }

  #presentPart(
    surface: Surface,
    head: PresentedHead,
    left: number,
    top: number,
    right: number,
    bottom: number,
  ): boolean {
    const target = this.#targets.get(head.id) as Target;
    const l = Math.max(left, head.surfaceX);
    const t = Math.max(top, head.surfaceY);
    const width = Math.min(right, head.surfaceX + head.width) - l;
    const height = Math.min(bottom, head.surfaceY + head.height) - t;
    if (width <= 0 || height <= 0) return false;
    const x = l - head.surfaceX;
    const y = t - head.surfaceY;
    const out = target.words.subarray(y * target.image.width + x);
    presentRect(surface, l, t, width, height, out, target.image.width, true);
    target.context.putImageData(target.image, 0, 0, x, y, width, height);
    return true;
  }
}
