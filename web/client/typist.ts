import type { LayoutTable } from '../common/keyboard-layouts.ts';
import { characterSteps, HeldModifiers, lastSteps, modifierReleases, type KeyStep } from './key-steps.ts';

/** Time, as the typist knows it. */
export interface TypistClock {
  /** @throws the signal's reason when it is aborted */
  pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

export interface TypistSink {
  sendKey(code: string, down: boolean): void;
  /** whether Caps Lock is on in the guest */
  hasCapsLock(): boolean;
}

/**
 * A guest's PS/2 queue holds 16 bytes and loses what comes on top; nothing tells how full it is, nor whether
 * the keyboard is one on USB. So a key is sent when the one before it has had the time in which every
 * guest that was tried had taken it: 20 ms for a press and a release, three bytes.
 */
export const BYTE_TIME = 20 / 3;
/** What fits into an empty queue, so that nothing of it can have been lost. */
const QUEUE = 16;
/** After a longer text the guest may be behind; milliseconds. */
const SETTLE_TIME = 150;

/** Types characters at the pace of guests. Modifiers stay down over characters that need the same ones. */
export class Typist {
  readonly #sink: TypistSink;
  readonly #clock: TypistClock;

  constructor(sink: TypistSink, clock: TypistClock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /**
   * Types what the layout has, and skips the rest. However it ends, no modifier stays down.
   * @param typed called with the number of characters typed so far
   * @throws the signal's reason when it is aborted
   */
  async type(
    text: string,
    layout: LayoutTable,
    signal?: AbortSignal,
    typed: (characters: number) => void = () => undefined,
  ): Promise<void> {
    const held = new HeldModifiers();
    let characters = 0;
    let bytes = 0;
    const perform = async (steps: readonly KeyStep[]): Promise<void> => {
      for (const step of steps) {
        this.#send(step.keys);
        bytes += step.bytes;
        characters += step.characters;
        if (step.characters > 0) typed(characters);
        await this.#clock.pause(step.bytes * BYTE_TIME, signal);
      }
    };
    try {
      signal?.throwIfAborted();
      for (const character of text) {
        const keys = layout.get(character)?.keys;
        if (keys === undefined) continue;
        await perform(characterSteps(keys, layout, held, this.#sink.hasCapsLock()));
      }
      await perform(lastSteps(held));
      if (!held.wasUsed || bytes <= QUEUE) return;
      // A guest that stood still for long may have lost the release of a modifier.
      await this.#clock.pause(SETTLE_TIME, signal);
      this.#send(modifierReleases);
    } finally {
      for (const { keys } of lastSteps(held)) this.#send(keys);
    }
  }

  #send(keys: KeyStep['keys']): void {
    for (const { code, down } of keys) this.#sink.sendKey(code, down);
  }
}

/** The browser's time. */
export const browserClock: TypistClock = {
  pause: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const aborted = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      }, milliseconds);
      if (signal?.aborted) aborted();
      else signal?.addEventListener('abort', aborted, { once: true });
    }),
};
