import type { DecodedPicture } from './frame-decoder.ts';
import type { StreamFrame } from './stream-frame.ts';

/** So many pixels decoded and not yet shown; then they are shown early. */
const MAX_READY_PIXELS = 24_000_000;
/** No screen shows pictures closer together, milliseconds. */
const MIN_SPACING = 7;

export interface PictureQueueOwner {
  /** milliseconds */
  now(): number;
  later(milliseconds: number, act: () => void): () => void;
  /** Its time has come; the picture is released afterwards. */
  paint(frame: StreamFrame, picture: DecodedPicture): void;
  dropped(count: number): void;
}

interface Ready {
  readonly frame: StreamFrame;
  readonly picture: DecodedPicture;
}

/** Decoded pictures that wait for their time. Of several that are due only the newest is painted. */
export class PictureQueue {
  readonly #owner: PictureQueueOwner;
  #ready: Ready[] = [];
  #lastPaint = -Infinity;
  #cancelPaint: (() => void) | undefined;

  constructor(owner: PictureQueueOwner) {
    this.#owner = owner;
  }

  push(frame: StreamFrame, picture: DecodedPicture): void {
    this.#ready.push({ frame, picture });
    this.#schedule();
  }

  /** Paints the newest one now, due or not. */
  flush(): void {
    this.#paintDue(Infinity);
  }

  /** Lets all go without painting. */
  drop(): void {
    this.#dropOldest(this.#ready.length);
    this.#cancelPaint?.();
    this.#cancelPaint = undefined;
  }

  #schedule(): void {
    this.#cancelPaint?.();
    this.#cancelPaint = undefined;
    let pixels = 0;
    for (const { picture } of this.#ready) pixels += picture.width * picture.height;
    const first = this.#ready[0];
    if (first === undefined) return;
    const now = this.#owner.now();
    const due = pixels > MAX_READY_PIXELS ? now : first.frame.due;
    const wait = Math.max(due, this.#lastPaint + MIN_SPACING) - now;
    if (wait <= 0) return this.#paintDue(Math.max(now, due));
    this.#cancelPaint = this.#owner.later(wait, () => {
      this.#cancelPaint = undefined;
      this.#paintDue(this.#owner.now());
    });
  }

  /** Paints the newest frame that is due at `time`; older ones are not worth it any more. */
  #paintDue(time: number): void {
    let newest = -1;
    while (newest + 1 < this.#ready.length && (newest < 0 || this.#isDue(newest + 1, time))) newest++;
    if (newest < 0) return;
    this.#dropOldest(newest);
    const { frame, picture } = this.#ready.shift() as Ready;
    this.#lastPaint = this.#owner.now();
    this.#owner.paint(frame, picture);
    picture.release();
    this.#schedule();
  }

  #isDue(index: number, time: number): boolean {
    return (this.#ready[index] as Ready).frame.due <= time + 1;
  }

  #dropOldest(count: number): void {
    for (const { picture } of this.#ready.splice(0, count)) picture.release();
    this.#owner.dropped(count);
  }
}
