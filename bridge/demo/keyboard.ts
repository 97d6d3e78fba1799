import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { ScancodeReader, type Key } from './scancodes.ts';

export interface KeyEvent {
  readonly name: string;
  readonly down: boolean;
  /** what the key types now; undefined for keys that type nothing, or with Ctrl or Alt */
  readonly text: string | undefined;
  readonly ctrl: boolean;
  readonly alt: boolean;
}

const lockKeys: Readonly<Record<string, number>> = {
  ScrollLock: keyModifier.scrollLock,
  NumLock: keyModifier.numLock,
  CapsLock: keyModifier.capsLock,
};

/** The guest's keyboard: what is held, which locks are on. */
export class Keyboard {
  /** bits of `keyModifier`: the LEDs */
  locks = 0;
  readonly #reader = new ScancodeReader();
  readonly #held = new Map<number, string>();

  /** One scan code byte; undefined while a key is not complete. */
  press(byte: number): KeyEvent | undefined {
    const press = this.#reader.read(byte, (this.locks & keyModifier.numLock) !== 0);
    if (press === undefined) return undefined;
    const { key, code, down } = press;
    const repeated = this.#held.has(code);
    if (down) this.#held.set(code, key.name);
    else this.#held.delete(code);
    if (down && !repeated) this.locks ^= lockKeys[key.name] ?? 0;
    const ctrl = this.#isHeld('Ctrl', 'RightCtrl');
    const alt = this.#isHeld('Alt', 'AltGr');
    return { name: key.name, down, ctrl, alt, text: ctrl || alt ? undefined : this.#textOf(key) };
  }

  /** A client left: its keys must not stay down. */
  releaseAll(): void {
    this.#held.clear();
  }

  #textOf({ plain, shifted }: Key): string | undefined {
    if (plain === undefined) return undefined;
    const caps = (this.locks & keyModifier.capsLock) !== 0 && plain >= 'a' && plain <= 'z';
    return this.#isHeld('Shift') !== caps ? (shifted ?? plain) : plain;
  }

  #isHeld(...names: readonly string[]): boolean {
    for (const name of this.#held.values()) if (names.includes(name)) return true;
    return false;
  }
}
