import { Disposables, type Disposable } from '../common/disposables.ts';
import type { InputPolicy } from './input-policy.ts';
import { KeyboardModel, ALTGR_PAIR_TIME, type KeyAction } from './keyboard-model.ts';
import { keyRecord, modifierFlags, type FlaggedEvent } from './key-records.ts';
import type { GuestLocks } from './lock-sync.ts';
import { detectPlatform, type Platform } from './platform.ts';

/** Where the keyboard's work goes: the inputs channel. */
export interface KeySink extends GuestLocks {
  sendKey(code: string, down: boolean): void;
  /** lock state to bring the guest to: keyModifier bits */
  sendLockState(modifiers: number): void;
}

export interface KeyboardOptions {
  /** characters that no key stands for, to be typed on the guest's layout */
  typeText?(text: string): void;
  /** standard: the browser's */
  readonly platform?: Platform;
}

const pointerEvents = ['pointerdown', 'pointermove', 'pointerup', 'pointercancel'] as const;

/**
 * Turns a target's keyboard events into keys of the guest, by the keyboard model: every key that goes
 * down comes up again, at the latest when focus is lost, and the guest's lock keys follow the user's.
 */
export class Keyboard implements Disposable {
  readonly #sink: KeySink;
  readonly #policy: Pick<InputPolicy, 'enabled' | 'keepsDefault'>;
  readonly #options: KeyboardOptions;
  readonly #model: KeyboardModel;
  readonly #held = new Disposables();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    target: HTMLElement,
    sink: KeySink,
    policy: Pick<InputPolicy, 'enabled' | 'keepsDefault'>,
    options: KeyboardOptions = {},
  ) {
    this.#sink = sink;
    this.#policy = policy;
    this.#options = options;
    this.#model = new KeyboardModel(options.platform ?? detectPlatform(navigator), sink);
    this.#listen(target);
  }

  dispose(): void {
    this.releaseAll();
    this.#held.dispose();
  }

  releaseAll(): void {
    clearTimeout(this.#timer);
    this.#perform(this.#model.releaseAll());
  }

  /** Whether composed text is the rest of a key that the guest got already: it is not to be typed. */
  isOfSentKey(text: string): boolean {
    return this.#model.isOfSentKey(text);
  }

  #listen(target: HTMLElement): void {
    const held = this.#held;
    const { ownerDocument } = target;
    for (const type of ['keydown', 'keyup'] as const) {
      held.listen(target, type, (event: KeyboardEvent) => this.#ifEnabled(() => this.#onKey(event)));
    }
    // Before the pointer's own work: a modifier that is not held must be up when the button goes down.
    const early = { capture: true, passive: true };
    const onPointer = (event: PointerEvent | WheelEvent): void => this.#onPointer(event, event.buttons !== 0);
    for (const type of [...pointerEvents, 'wheel']) held.listen(target, type, onPointer, early);
    held.listen(
      target,
      'focusout',
      // Within the target the focus may move while keys are held.
      ({ relatedTarget }: FocusEvent) => target.contains(relatedTarget as Node | null) || this.releaseAll(),
    );
    const page = ownerDocument.defaultView;
    if (page !== null) held.listen(page, 'blur', () => this.releaseAll());
    held.listen(ownerDocument, 'visibilitychange', () => ownerDocument.hidden && this.releaseAll());
    held.listen(ownerDocument, 'pointerlockchange', () => this.#lockChanged(target));
  }

  /** While it is off nothing stays down. */
  #ifEnabled(act: () => void): void {
    if (this.#policy.enabled) act();
    else this.releaseAll();
  }

  /** Escape, which gives the pointer back, has no keyup. */
  #lockChanged(target: HTMLElement): void {
    const root = target.getRootNode() as Partial<DocumentOrShadowRoot>;
    if ((root.pointerLockElement ?? null) === null) this.releaseAll();
  }

  #onKey(event: KeyboardEvent): void {
    const { actions, isTaken } = this.#model.key(keyRecord(event));
    this.#perform(actions);
    if (!isTaken) return;
    if (event.type === 'keyup' || !this.#policy.keepsDefault(event)) event.preventDefault();
    event.stopPropagation();
  }

  #onPointer(event: FlaggedEvent, buttonsDown: boolean): void {
    this.#ifEnabled(() => this.#perform(this.#model.pointer(modifierFlags(event), buttonsDown)));
  }

  #perform(actions: readonly KeyAction[]): void {
    for (const action of actions) this.#act(action);
    clearTimeout(this.#timer);
    if (!this.#model.isWaiting) return;
    this.#timer = setTimeout(() => this.#perform(this.#model.expire()), ALTGR_PAIR_TIME);
  }

  #act(action: KeyAction): void {
    switch (action.kind) {
      case 'press':
        return this.#sink.sendKey(action.code, true);
      case 'release':
        return this.#sink.sendKey(action.code, false);
      case 'stroke':
        this.#sink.sendKey(action.code, true);
        return this.#sink.sendKey(action.code, false);
      case 'locks':
        return this.#sink.sendLockState(action.modifiers);
      case 'text':
        return this.#options.typeText?.(action.text);
    }
  }
}
