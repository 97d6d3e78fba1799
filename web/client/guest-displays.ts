import type { DisplayHead } from '../api/public-types.ts';
import type { ChannelHead } from '../threads/worker-messages.ts';
import type { ClientFeature, FeatureHost, Receivers } from './client-feature.ts';
import { isSameData, ToldValue } from './told-value.ts';

export type { ChannelHead };

interface GivenCanvas {
  readonly canvas: HTMLCanvasElement;
  /** what the display worker is still to get */
  offscreen: OffscreenCanvas | undefined;
}

/** The guest's displays, and the canvases that show them: those stay from session to session. */
export class GuestDisplays implements ClientFeature {
  readonly channels = ['display'] as const;
  readonly worker = 'display' as const;
  readonly #host: FeatureHost;
  readonly #heads: ToldValue<readonly ChannelHead[]>;
  #displays: readonly DisplayHead[] = [];
  readonly #canvases = new Map<number, GivenCanvas>();
  #visible: { visible: boolean; byTimer: boolean } | undefined;
  /** how many the guest can have; 0 while that is not known */
  #most = 0;

  constructor(host: FeatureHost) {
    this.#host = host;
    this.#heads = new ToldValue<readonly ChannelHead[]>(
      [],
      (heads) => {
        this.#displays = heads.map(({ id, x, y, width, height }) => ({ id, x, y, width, height }));
        host.emit('displayschange', { displays: this.#displays });
      },
      isSameData,
    );
  }

  readonly receive: Receivers = {
    displays: ({ displays, maxDisplays }) => {
      this.#most = maxDisplays;
      this.#heads.set(displays);
    },
  };

  get displays(): readonly DisplayHead[] {
    return this.#displays;
  }

  /** The same, with the display channel of each. */
  get channelHeads(): readonly ChannelHead[] {
    return this.#heads.value;
  }

  get most(): number {
    return this.#most;
  }

  /** Canvases were given that show the next session too. */
  get hasCanvases(): boolean {
    return this.#canvases.size > 0;
  }

  attach(display: number, canvas: HTMLCanvasElement): void {
    if (this.#canvases.get(display)?.canvas === canvas) return;
    this.#canvases.set(display, { canvas, offscreen: canvas.transferControlToOffscreen() });
    this.#hand();
  }

  detach(display: number): void {
    this.#canvases.delete(display);
    this.#host.postToDisplay({ kind: 'detachCanvas', display });
  }

  setVisible(visible: boolean, byTimer: boolean): void {
    this.#visible = { visible, byTimer };
    this.#host.postToDisplay({ kind: 'visible', visible, byTimer });
  }

  /** The display worker is lost, and with it the canvases that it had. */
  workerLost(): void {
    for (const [display, { offscreen }] of this.#canvases) {
      if (offscreen === undefined) this.#canvases.delete(display);
    }
  }

  starting(): void {
    if (this.#visible !== undefined) this.#host.postToDisplay({ kind: 'visible', ...this.#visible });
    this.#hand();
  }

  ended(): void {
    this.#most = 0;
    this.#heads.reset();
  }

  dispose(): void {
    this.#canvases.clear();
  }

  #hand(): void {
    for (const [display, given] of this.#canvases) {
      const { offscreen } = given;
      if (offscreen === undefined) continue;
      if (this.#host.postToDisplay({ kind: 'attachCanvas', display, canvas: offscreen }, [offscreen])) {
        given.offscreen = undefined;
      }
    }
  }
}
