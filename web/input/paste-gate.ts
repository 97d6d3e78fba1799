import type { InputPolicy } from './input-policy.ts';
import type { KeySink } from './keyboard.ts';

/** Ctrl+V, Shift+Insert: what pastes in most guests. */
export function isPasteKey(code: string, isHeld: (code: string) => boolean): boolean {
  const ctrl = isHeld('ControlLeft') || isHeld('ControlRight');
  const shift = isHeld('ShiftLeft') || isHeld('ShiftRight');
  return (code === 'KeyV' && ctrl) || (code === 'Insert' && shift && !ctrl);
}

/**
 * Holds keys back at a paste until the guest knows the clipboard that it is to paste. The order of keys
 * stays; without something to wait for they pass at once.
 */
export class PasteGate implements KeySink {
  readonly #sink: KeySink;
  readonly #policy: Pick<InputPolicy, 'beforePaste'>;
  readonly #down = new Set<string>();
  #held: (() => void)[] | undefined;
  /** the key of a paste that was not the guest's: it does not come up there either */
  #swallowed: string | undefined;

  constructor(sink: KeySink, policy: Pick<InputPolicy, 'beforePaste'>) {
    this.#sink = sink;
    this.#policy = policy;
  }

  get lockState(): number | undefined {
    return this.#sink.lockState;
  }

  sendKey(code: string, down: boolean): void {
    const isRepeat = down && this.#down.has(code);
    if (down) this.#down.add(code);
    else this.#down.delete(code);
    if (this.#held === undefined && down && !isRepeat && isPasteKey(code, (one) => this.#down.has(one))) {
      this.#hold(code, this.#policy.beforePaste());
    }
    this.#pass(() => {
      if (this.#swallowed !== code) this.#sink.sendKey(code, down);
      else if (!down) this.#swallowed = undefined;
    });
  }

  sendLockState(modifiers: number): void {
    this.#pass(() => this.#sink.sendLockState(modifiers));
  }

  #pass(send: () => void): void {
    if (this.#held === undefined) send();
    else this.#held.push(send);
  }

  #hold(code: string, until: Promise<boolean> | undefined): void {
    if (until === undefined) return;
    this.#held = [];
    const release = (mayPaste: boolean): void => {
      if (!mayPaste) this.#swallowed = code;
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const send of held) send();
    };
    until.then(release, () => release(true));
  }
}
