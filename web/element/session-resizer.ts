import { rearranged } from './display-arrangement.ts';
import type { DisplayHead, MonitorRequest } from '../api/public-types.ts';

/** Milliseconds of rest before the guest is asked: a window that is being dragged changes many times. */
const RESIZE_REST = 300;

const smallest = { width: 320, height: 200 };
const largest = { width: 7680, height: 4320 };

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The guest's size for a viewport of CSS pixels: no size that no guest has.
 * @param step guest pixels of which the width is a multiple
 */
export function sessionSize(viewport: Size, ratio: number, step = 2): Size {
  const fit = (value: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, Math.floor(value * ratio)));
  const width = fit(viewport.width, smallest.width, largest.width);
  return {
    width: width - (width % step),
    height: fit(viewport.height, smallest.height, largest.height) & ~1,
  };
}

/** Beside others: many guests have only such widths, and would leave a gap after another. */
const STEP_BESIDE_OTHERS = 8;

/** A view that its displays may follow. */
export interface ResizingView {
  /** ids */
  readonly displays: readonly number[];
  /** CSS pixels, and the guest's pixels for each of them; undefined when the guest should not follow now */
  readonly size: (Size & { readonly ratio: number }) | undefined;
}

export interface SessionResizerOptions {
  /** the element's own first */
  views(): readonly ResizingView[];
  displays(): readonly DisplayHead[];
  apply(monitors: readonly MonitorRequest[]): void;
}

/** Asks the guest to have the sizes of the views that show one display each, once they rest. */
export class SessionResizer {
  readonly #options: SessionResizerOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = '';

  constructor(options: SessionResizerOptions) {
    this.#options = options;
  }

  /** A view, or whether the guest follows it, may have changed. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), RESIZE_REST);
  }

  /** What was asked no longer holds: another agent runs, or somebody else asked. */
  forget(): void {
    this.#asked = '';
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #ask(): void {
    const displays = this.#options.displays();
    const sizes = this.#wanted(displays);
    if (sizes.size === 0) return;
    const key = JSON.stringify([...sizes]);
    if (key === this.#asked) return;
    const isSo = displays.length > 0 && displays.every((head) => isSize(head, sizes.get(head.id) ?? head));
    if (isSo && this.#asked === '') return;
    this.#asked = key;
    const none: DisplayHead[] = [{ id: 0, x: 0, y: 0, width: 0, height: 0 }];
    this.#options.apply(rearranged(displays.length === 0 ? none : displays, sizes));
  }

  /** The sizes to ask for. Of several displays in one view nobody can say which should change. */
  #wanted(displays: readonly DisplayHead[]): Map<number, Size> {
    const sizes = new Map<number, Size>();
    for (const [index, { displays: ids, size }] of this.#options.views().entries()) {
      // The first display may yet have to come.
      const id = displays.length === 0 && index === 0 ? 0 : ids[0];
      if (id === undefined || ids.length > 1 || !size || size.width === 0 || size.height === 0) continue;
      sizes.set(id, sessionSize(size, size.ratio, displays.length > 1 ? STEP_BESIDE_OTHERS : 2));
    }
    return sizes;
  }
}

function isSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
