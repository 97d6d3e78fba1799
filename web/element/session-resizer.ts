import type { DisplayHead, MonitorRequest } from './public-types.ts';

/** Milliseconds of rest before the guest is asked: a window that is being dragged changes many times. */
const resizeRest = 300;

const smallest = { width: 320, height: 200 };
const largest = { width: 7680, height: 4320 };

/** The guest's size for a viewport of CSS pixels: even, and no size that no guest has. */
export const sessionSize = (
  viewport: { width: number; height: number },
  ratio: number,
): { width: number; height: number } => {
  const fit = (value: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, Math.floor(value * ratio) & ~1));
  return {
    width: fit(viewport.width, smallest.width, largest.width),
    height: fit(viewport.height, smallest.height, largest.height),
  };
};

export interface SessionResizerOptions {
  /** the viewport, CSS pixels; undefined when the guest should not follow now */
  measure(): { width: number; height: number; ratio: number } | undefined;
  displays(): readonly DisplayHead[];
  /** the display that alone is shown */
  shown(): number | undefined;
  apply(monitors: readonly MonitorRequest[]): void;
}

/** Asks the guest to have the viewport's size, once it rests. */
export class SessionResizer {
  private readonly options: SessionResizerOptions;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = '';

  constructor(options: SessionResizerOptions) {
    this.options = options;
  }

  /** The viewport, or whether the guest follows it, may have changed. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), resizeRest);
  }

  /** What was asked no longer holds: another agent runs, or somebody else asked. */
  forget(): void {
    this.asked = '';
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private ask(): void {
    const viewport = this.options.measure();
    if (viewport === undefined || viewport.width === 0 || viewport.height === 0) return;
    const monitors = this.wanted(sessionSize(viewport, viewport.ratio));
    const key = JSON.stringify(monitors);
    const isSo =
      this.options.displays().length > 0 && key === JSON.stringify(asRequests(this.options.displays()));
    if (monitors === undefined || key === this.asked || (isSo && this.asked === '')) return;
    this.asked = key;
    this.options.apply(monitors);
  }

  /** With several displays in one view nobody can say which should change. */
  private wanted(size: { width: number; height: number }): MonitorRequest[] | undefined {
    const displays = this.options.displays();
    if (displays.length <= 1) return [{ ...size, x: 0, y: 0 }];
    const shown = this.options.shown();
    if (shown === undefined) return undefined;
    let x = 0;
    return displays.map((head) => {
      const { width, height } = head.id === shown ? size : head;
      const monitor = { width, height, x, y: 0 };
      x += width;
      return monitor;
    });
  }
}

const asRequests = (heads: readonly DisplayHead[]): MonitorRequest[] =>
  heads.map(({ width, height, x, y }) => ({ width, height, x, y }));
