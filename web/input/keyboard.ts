import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import { keyStroke } from '../common/scancodes.ts';
import type { InputPolicy } from './input-policy.ts';

/** Where the keyboard's work goes: the inputs channel. */
export interface KeySink {
  sendKey(code: string, down: boolean): void;
  /** lock state to bring the guest to: keyModifier bits */
  sendLockState(modifiers: number): void;
  /** the guest's locks, `keyModifier` bits, with what was sent since it told them; undefined until it does */
  readonly lockState: number | undefined;
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
export class Keyboard implements Disposable {
  readonly #sink: KeySink;
  readonly #policy: Pick<InputPolicy, 'enabled' | 'keepsDefault'>;
  readonly #down = new Set<string>();
  readonly #held = new Disposables();

  constructor(target: HTMLElement, sink: KeySink, policy: Pick<InputPolicy, 'enabled' | 'keepsDefault'>) {
    this.#sink = sink;
    this.#policy = policy;
    this.#held.listen(target, 'keydown', (event) => this.#policy.enabled && this.#onKeyDown(event));
    this.#held.listen(target, 'keyup', (event) => this.#onKeyUp(event));
    this.#held.listen(
      target,
      'focusout',
      // Within the target the focus may move while keys are held.
      ({ relatedTarget }: FocusEvent) => target.contains(relatedTarget as Node | null) || this.releaseAll(),
    );
    const { ownerDocument } = target;
    const page = ownerDocument.defaultView;
    if (page !== null) this.#held.listen(page, 'blur', () => this.releaseAll());
    this.#held.listen(ownerDocument, 'visibilitychange', () => ownerDocument.hidden && this.releaseAll());
  }

  dispose(): void {
    this.releaseAll();
    this.#held.dispose();
  }

  /** To be called whenever the guest is to get no more keys, too: it must not be left with one held. */
  releaseAll(): void {
    for (const code of this.#down) this.#sink.sendKey(code, false);
    this.#down.clear();
  }

  #onKeyDown(event: KeyboardEvent): void {
    // An input method has the key (229): its result comes as text.
    if (event.isComposing || event.keyCode === 229) return;
    const code = codeOf(event);
    if (keyStroke(code, true) === undefined) return;
    if (!this.#policy.keepsDefault(event)) event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) this.#syncLocks(event, code);
    this.#press(code);
    // macOS sends no keyup for keys pressed while Command is held; they would stick.
    if (event.metaKey && !code.startsWith('Meta') && isApple) this.#release(code);
  }

  #onKeyUp(event: KeyboardEvent): void {
    const code = codeOf(event);
    // What the guest has down comes up there, whatever has been switched off meanwhile.
    if (!this.#policy.enabled && !this.#down.has(code)) return;
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
  }

  #release(code: string): void {
    if (this.#down.delete(code)) this.#sink.sendKey(code, false);
  }

  /** Only a difference that the user did not just make by pressing the lock key itself is corrected. */
  #syncLocks(event: KeyboardEvent, code: string): void {
    const { lockState } = this.#sink;
    if (lockState === undefined || lockKeys[code] !== undefined) return;
    let wanted = 0;
    for (const [name, bit] of Object.entries(lockKeys)) if (event.getModifierState(name)) wanted |= bit;
    if (wanted !== lockState) this.#sink.sendLockState(wanted);
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
