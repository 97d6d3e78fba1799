import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { keyStroke } from '../common/scancodes.ts';

/** Where the keyboard's work goes: the inputs channel. */
export interface KeySink {
  sendKey(code: string, down: boolean): void;
  /** lock state to bring the guest to: keyModifier bits */
  sendLockState(modifiers: number): void;
}

/** The guest's lock state as far as we know: what it reported, or what our own presses made of it. */
export interface GuestLocks {
  guest: number | undefined;
}

const lockKeys: Readonly<Record<string, number>> = {
  CapsLock: keyModifier.capsLock,
  NumLock: keyModifier.numLock,
  ScrollLock: keyModifier.scrollLock,
};

/**
 * Turns a target's keyboard events into keys of the guest: every key that goes down comes up again,
 * at the latest when focus is lost, and the guest's lock keys follow the user's.
 */
export class Keyboard {
  readonly #sink: KeySink;
  readonly #keepsDefault: (event: KeyboardEvent) => boolean;
  readonly #down = new Set<string>();
  readonly #locks: GuestLocks;
  readonly #listeners = new AbortController();

  /**
   * @param keepsDefault for keys that the browser, too, is to act on
   * @param locks one for all keyboards of a session
   */
  constructor(
    target: HTMLElement,
    sink: KeySink,
    isEnabled: () => boolean,
    keepsDefault: (event: KeyboardEvent) => boolean = () => false,
    locks: GuestLocks = { guest: undefined },
  ) {
    this.#sink = sink;
    this.#keepsDefault = keepsDefault;
    this.#locks = locks;
    const options = { signal: this.#listeners.signal };
    target.addEventListener('keydown', (event) => isEnabled() && this.#onKeyDown(event), options);
    target.addEventListener('keyup', (event) => isEnabled() && this.#onKeyUp(event), options);
    target.addEventListener(
      'focusout',
      // Within the target the focus may move while keys are held.
      ({ relatedTarget }) => target.contains(relatedTarget as Node | null) || this.releaseAll(),
      options,
    );
    const { ownerDocument } = target;
    ownerDocument.defaultView?.addEventListener('blur', () => this.releaseAll(), options);
    ownerDocument.addEventListener(
      'visibilitychange',
      () => ownerDocument.hidden && this.releaseAll(),
      options,
    );
  }

  dispose(): void {
    this.releaseAll();
    this.#listeners.abort();
  }

  /** The guest reported its lock state. */
  guestLockState(modifiers: number): void {
    this.#locks.guest = modifiers;
  }

  releaseAll(): void {
    for (const code of this.#down) this.#sink.sendKey(code, false);
    this.#down.clear();
  }

  #onKeyDown(event: KeyboardEvent): void {
    // An input method has the key (229): its result comes as text.
    if (event.isComposing || event.keyCode === 229) return;
    const code = codeOf(event);
    if (keyStroke(code, true) === undefined) return;
    if (!this.#keepsDefault(event)) event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) this.#syncLocks(event, code);
    this.#press(code);
    // macOS sends no keyup for keys pressed while Command is held; they would stick.
    if (event.metaKey && !code.startsWith('Meta') && isApple) this.#release(code);
  }

  #onKeyUp(event: KeyboardEvent): void {
    const code = codeOf(event);
    if (keyStroke(code, false) === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#release(code);
    // The browser swallows the keyup of the other Shift when both were down.
    if (!event.shiftKey) for (const shift of ['ShiftLeft', 'ShiftRight']) this.#release(shift);
  }

  #press(code: string): void {
    this.#down.add(code);
    this.#sink.sendKey(code, true);
    const lock = lockKeys[code];
    if (lock !== undefined && this.#locks.guest !== undefined) this.#locks.guest ^= lock;
  }

  #release(code: string): void {
    if (this.#down.delete(code)) this.#sink.sendKey(code, false);
  }

  /** Only a difference that the user did not just make by pressing the lock key itself is corrected. */
  #syncLocks(event: KeyboardEvent, code: string): void {
    if (this.#locks.guest === undefined || lockKeys[code] !== undefined) return;
    let wanted = 0;
    for (const [name, bit] of Object.entries(lockKeys)) if (event.getModifierState(name)) wanted |= bit;
    if (wanted === this.#locks.guest) return;
    this.#locks.guest = wanted;
    this.#sink.sendLockState(wanted);
  }
}

const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Some systems leave `code` empty for keys that come from software keyboards or remote sessions. */
function codeOf(event: KeyboardEvent): string {
  if (event.code !== '' && event.code !== 'Unidentified') return event.code;
  const upper = event.key.toUpperCase();
  if (/^[A-Z]$/.test(upper)) return `Key${upper}`;
  if (/^[0-9]$/.test(event.key)) return `Digit${event.key}`;
  return event.key === ' ' ? 'Space' : event.key;
}
