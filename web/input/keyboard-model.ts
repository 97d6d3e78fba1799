import { codeOfName, isOptionDeadKey, meaningOf, type KeyMeaning } from './key-meaning.ts';
import type { KeyRecord, ModifierFlags } from './key-records.ts';
import { LockSync, type GuestLocks } from './lock-sync.ts';
import { mayBeHeld, missingModifiers, modifierGroup, type ModifierGroup } from './modifiers.ts';
import { isApple, type Platform } from './platform.ts';

/** For the guest, in this order. Codes as `KeyboardEvent.code`. */
export type KeyAction =
  | { readonly kind: 'press' | 'release'; readonly code: string }
  /** pressed and released at once */
  | { readonly kind: 'stroke'; readonly code: string }
  /** lock state to bring the guest to: keyModifier bits */
  | { readonly kind: 'locks'; readonly modifiers: number }
  /** to be typed on the guest's layout */
  | { readonly kind: 'text'; readonly text: string };

export interface KeyResult {
  readonly actions: readonly KeyAction[];
  /** whether the event is the guest's, and not the page's or an input method's */
  readonly isTaken: boolean;
}

/** A key that the user holds. */
interface Held {
  /** the guest's; what the user made of it */
  readonly code: string;
  /** the name that it had when it went down, by which a keyup without code is known */
  readonly key: string;
}

/** Windows puts a made-up Ctrl in the same moment before AltGr. Milliseconds. */
export const ALTGR_PAIR_TIME = 30;
/** Repeats of a held key come faster than this; milliseconds. */
const REPEAT_GAP = 700;
/** On Windows it may have a keyup only. */
const PRINT_SCREEN = 'PrintScreen';

/**
 * What the user holds and what is down in the guest. Pure: events come as records, and what is to be done
 * goes out as actions. Browsers lose keyups, so that every event's modifier flags are compared with
 * what is down: what is not held comes up, and what is held without an event goes down for a key's time.
 * Only a modifier's own events are not asked about it: Firefox on X11 tells there of the moment before.
 */
export class KeyboardModel {
  readonly #platform: Platform;
  readonly #locks: LockSync;
  /** by physical key */
  readonly #held = new Map<string, Held>();
  readonly #down = new Set<string>();
  /** modifiers that are down for a key's or button's time only, because the flags ask for them */
  readonly #borrowed = new Set<string>();
  #pointerIsDown = false;
  /** a Ctrl that may be AltGr's, made up by Windows */
  #pendingCtrl: KeyRecord | undefined;
  /** keys that may have but one event, and when their keydown came: a keyup after it is not another stroke */
  readonly #keyDowns = new Map<string, number>();
  #deadKeySent = false;
  #actions: KeyAction[] = [];

  constructor(platform: Platform, locks: GuestLocks) {
    this.#platform = platform;
    this.#locks = new LockSync(locks, platform);
  }

  /** Codes that are down in the guest. */
  get down(): ReadonlySet<string> {
    return this.#down;
  }

  /** Something waits for `expire()`: call it ALTGR_PAIR_TIME after the event, unless another one comes. */
  get isWaiting(): boolean {
    return this.#pendingCtrl !== undefined;
  }

  key(record: KeyRecord): KeyResult {
    const told = { ...record, flags: this.#trusted(record.flags) };
    const isTaken = told.down ? this.#keyDown(told) : this.#keyUp(told);
    return { actions: this.#take(), isTaken };
  }

  /** Pointer, wheel and touch events. @param buttonsDown whether a button or finger is down after it */
  pointer(flags: ModifierFlags, buttonsDown: boolean): readonly KeyAction[] {
    const told = this.#trusted(flags);
    this.#settlePending();
    this.#heal(told);
    if (buttonsDown && !this.#pointerIsDown) this.#borrow(told);
    this.#pointerIsDown = buttonsDown;
    this.#giveBack();
    return this.#take();
  }

  /** No other event came: a Ctrl that waited for AltGr is the user's own. */
  expire(): readonly KeyAction[] {
    this.#settlePending();
    return this.#take();
  }

  /** Focus, page, pointer lock or permission are lost: nothing stays down. */
  releaseAll(): readonly KeyAction[] {
    this.#pendingCtrl = undefined;
    this.#pointerIsDown = false;
    for (const code of this.#down) this.#release(code);
    this.#held.clear();
    return this.#take();
  }

  /** Whether composed text is the accent alone of a key that the guest already got. To be asked once. */
  isOfSentKey(text: string): boolean {
    const wasSent = this.#deadKeySent;
    this.#deadKeySent = false;
    return wasSent && /^[\p{Sk}\p{Mn}'"~]$/u.test(text);
  }

  #trusted(flags: ModifierFlags): ModifierFlags {
    // Firefox calls Option AltGraph.
    return isApple(this.#platform) ? { ...flags, altGraph: false } : flags;
  }

  #take(): readonly KeyAction[] {
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #keyDown(record: KeyRecord): boolean {
    if (this.#meetsAltGr(record)) return true;
    this.#settlePending();
    const meaning = meaningOf(record, this.#platform);
    const group = meaning.kind === 'key' ? modifierGroup(meaning.code) : undefined;
    this.#heal(record.flags, group);
    if (meaning.kind === 'none') return false;
    if (meaning.kind === 'text') {
      // Typing presses what modifiers it needs; the flags of later keys bring these back.
      for (const code of this.#down) if (modifierGroup(code) !== undefined) this.#release(code);
      this.#actions.push(meaning);
    } else if (group !== undefined) this.#modifierDown(meaning.code, record);
    else if (meaning.kind === 'stroke') this.#strokeDown(meaning.code, record);
    else this.#plainDown(meaning, record);
    return true;
  }

  /** Decides about a Ctrl and AltGr of Windows. @returns whether the event needs nothing more */
  #meetsAltGr(record: KeyRecord): boolean {
    if (this.#platform !== 'windows') return false;
    const pending = this.#pendingCtrl;
    if (record.code === 'AltRight' && pending !== undefined) {
      if (record.time - pending.time <= ALTGR_PAIR_TIME) this.#pendingCtrl = undefined;
      return false;
    }
    if (record.code !== 'ControlLeft' || record.key !== 'Control') return false;
    this.#settlePending();
    this.#pendingCtrl = record;
    return true;
  }

  #settlePending(): void {
    const pending = this.#pendingCtrl;
    if (pending === undefined) return;
    this.#pendingCtrl = undefined;
    this.#heal(pending.flags, 'ctrl');
    this.#modifierDown('ControlLeft', pending);
  }

  #modifierDown(code: string, record: KeyRecord): void {
    this.#borrowed.delete(code);
    this.#hold(code, record);
    this.#press(code);
  }

  /** A key that only its keydown tells of. */
  #strokeDown(code: string, record: KeyRecord): void {
    const last = this.#keyDowns.get(code);
    this.#keyDowns.set(code, record.time);
    if (record.repeat && last !== undefined && record.time - last < REPEAT_GAP) return;
    this.#strokeWith(code, record.flags);
  }

  #plainDown({ code }: KeyMeaning & { kind: 'key' }, record: KeyRecord): void {
    if (isOptionDeadKey(record, this.#platform)) this.#deadKeySent = true;
    if (!record.repeat) this.#syncLocks(code, record.flags);
    // macOS sends no keyup for keys pressed while Command is held; they would stick.
    if (record.flags.meta && isApple(this.#platform)) return this.#strokeWith(code, record.flags);
    this.#borrow(record.flags);
    if (code === PRINT_SCREEN) this.#keyDowns.set(code, record.time);
    this.#hold(code, record);
    this.#press(code);
  }

  #keyUp(record: KeyRecord): boolean {
    this.#settlePending();
    const id = this.#heldKey(record);
    const held = id === undefined ? undefined : this.#held.get(id);
    const code = held?.code ?? (record.code === '' ? undefined : record.code);
    this.#heal(record.flags, code === undefined ? undefined : modifierGroup(code));
    if (id !== undefined && held !== undefined) {
      this.#held.delete(id);
      this.#keyDowns.delete(held.code);
      if (this.#down.has(held.code)) this.#release(held.code);
      this.#giveBack();
      return true;
    }
    return this.#loneKeyUp(record);
  }

  /** The keyup of a key that is not down: some keys have no other event. */
  #loneKeyUp(record: KeyRecord): boolean {
    const meaning = meaningOf({ ...record, isComposing: false, keyCode: 0 }, this.#platform);
    if (meaning.kind === 'text') return true;
    if (meaning.kind === 'none') return false;
    const { code } = meaning;
    const hadDown = this.#keyDowns.delete(code);
    const isCapsLock = isApple(this.#platform) && code === 'CapsLock';
    // A Mac's Caps Lock comes up when it is switched off, and tells so.
    const isStroke = isCapsLock
      ? record.flags.caps !== true
      : !hadDown && (code === PRINT_SCREEN || meaning.kind === 'stroke');
    if (isStroke) this.#strokeWith(code, record.flags);
    return true;
  }

  #strokeWith(code: string, flags: ModifierFlags): void {
    this.#borrow(flags);
    // What was pressed before a modifier that takes its keyup away.
    if (this.#down.has(code)) this.#release(code);
    this.#actions.push({ kind: 'stroke', code });
    this.#giveBack();
  }

  #syncLocks(code: string, flags: ModifierFlags): void {
    const modifiers = this.#locks.wanted(code, flags);
    if (modifiers !== undefined) this.#actions.push({ kind: 'locks', modifiers });
  }

  /** What the flags say is up comes up. @param own the group that the event is of */
  #heal(flags: ModifierFlags, own?: ModifierGroup): void {
    const hasAltGr =
      this.#platform === 'windows' && this.#down.has('AltRight') && mayBeHeld('altGraph', flags);
    for (const code of this.#down) {
      const group = modifierGroup(code);
      if (group === undefined || group === own || mayBeHeld(group, flags)) continue;
      // Browsers differ in whether AltGr hides a Ctrl or Alt that is held too.
      if (hasAltGr && (group === 'ctrl' || group === 'alt')) continue;
      this.#release(code);
    }
  }

  #borrow(flags: ModifierFlags): void {
    const isDown = (code: string): boolean => this.#down.has(code);
    for (const code of missingModifiers(flags, isDown, this.#platform === 'windows')) {
      this.#borrowed.add(code);
      this.#press(code);
    }
  }

  /** Borrowed modifiers come up with the last key or button. */
  #giveBack(): void {
    if (this.#borrowed.size === 0 || this.#pointerIsDown || this.#plainKeys().length > 0) return;
    for (const code of this.#borrowed) this.#release(code);
  }

  #plainKeys(): string[] {
    return [...this.#down].filter((code) => modifierGroup(code) === undefined);
  }

  #hold(code: string, record: KeyRecord): void {
    const id = record.code === '' ? `key ${record.key.toLowerCase()}` : record.code;
    const before = this.#held.get(id)?.code;
    if (before !== undefined && before !== code && this.#down.has(before)) this.#release(before);
    this.#held.set(id, { code, key: record.key });
  }

  /** The physical key of a keyup; iPads leave the code out of it. */
  #heldKey({ code, key }: KeyRecord): string | undefined {
    if (code !== '') return this.#held.has(code) ? code : undefined;
    const lower = key.toLowerCase();
    const named = codeOfName(key);
    for (const [id, held] of this.#held) {
      if (held.key.toLowerCase() === lower || held.code === named) return id;
    }
    const plain = [...this.#held].filter((held) => modifierGroup(held[1].code) === undefined);
    return plain.length === 1 ? plain[0]?.[0] : undefined;
  }

  #press(code: string): void {
    this.#down.add(code);
    this.#actions.push({ kind: 'press', code });
  }

  #release(code: string): void {
    this.#down.delete(code);
    this.#borrowed.delete(code);
    this.#actions.push({ kind: 'release', code });
    // Command took the keyups of what was down before it.
    if (!isApple(this.#platform) || modifierGroup(code) !== 'meta') return;
    for (const plain of this.#plainKeys()) this.#release(plain);
  }
}
