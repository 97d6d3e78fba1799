import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ModifierFlags } from './key-records.ts';
import { KeyboardModel, type KeyAction } from './keyboard-model.ts';
import { isApple, type Platform } from './platform.ts';

const RUNS = process.env.FUZZ === undefined ? 1_000 : 100_000;

const keys: Readonly<Record<string, string>> = {
  ShiftLeft: 'Shift',
  ShiftRight: 'Shift',
  ControlLeft: 'Control',
  ControlRight: 'Control',
  AltLeft: 'Alt',
  AltRight: 'AltGraph',
  MetaLeft: 'Meta',
  CapsLock: 'CapsLock',
  NumLock: 'NumLock',
  KeyA: 'a',
  KeyB: 'b',
  Digit1: '1',
  Enter: 'Enter',
  PrintScreen: 'PrintScreen',
  KanaMode: 'KanaMode',
  Lang1: 'HangulMode',
};
const modifiers = Object.keys(keys).slice(0, 7);

/** Presses and releases as the guest sees them. */
class Guest {
  readonly down = new Set<string>();

  apply(actions: readonly KeyAction[]): void {
    for (const action of actions) {
      if (action.kind === 'press') this.down.add(action.code);
      else if (action.kind === 'release') expect(this.down.delete(action.code), action.code).toBe(true);
      else if (action.kind === 'stroke') expect(this.down.has(action.code), action.code).toBe(false);
    }
  }
}

/** A user at a keyboard, and a browser that tells of it badly. */
class User {
  readonly guest = new Guest();
  readonly model: KeyboardModel;
  readonly #platform: Platform;
  readonly #held = new Set<string>();
  #hasFocus = true;
  #caps = false;
  #time = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.model = new KeyboardModel(platform, { lockState: 0 });
  }

  /** @param lost flags that the browser does not tell of */
  flags(lost: readonly string[] = []): ModifierFlags {
    const is = (name: string, ...codes: string[]): boolean =>
      !lost.includes(name) && codes.some((code) => this.#held.has(code));
    const isWindows = this.#platform === 'windows';
    return {
      shift: is('shift', 'ShiftLeft', 'ShiftRight'),
      ctrl: is('ctrl', 'ControlLeft', 'ControlRight', ...(isWindows ? ['AltRight'] : [])),
      alt: is('alt', 'AltLeft', ...(this.#platform === 'other' ? [] : ['AltRight'])),
      // A Mac's Command takes keyups away: were it not told of at all, nobody could know.
      meta: isApple(this.#platform) ? this.#held.has('MetaLeft') : is('meta', 'MetaLeft'),
      altGraph: is('altGraph', 'AltRight', ...(isApple(this.#platform) ? ['AltLeft'] : [])),
      caps: this.#caps && !lost.includes('caps'),
      num: false,
      scroll: false,
    };
  }

  press(code: string, lost: readonly string[], isSwallowed: boolean): void {
    const repeat = this.#held.has(code);
    this.#held.add(code);
    if (code === 'CapsLock' && !repeat) this.#caps = !this.#caps;
    const isMac = isApple(this.#platform);
    if (isMac && code === 'CapsLock')
      return this.#caps ? this.#tell(true, code, lost) : this.#tell(false, code, lost);
    // Only modifiers are the system's; a made-up Ctrl comes in the same moment.
    if (isSwallowed && modifiers.includes(code) && !(isMac && code === 'MetaLeft')) return;
    if (this.#platform === 'windows' && code === 'AltRight') this.#tell(true, 'ControlLeft', lost, repeat, 0);
    this.#tell(true, code, lost, repeat, 0);
  }

  release(code: string, lost: readonly string[], isSwallowed: boolean): void {
    if (!this.#held.delete(code)) return;
    const isMac = isApple(this.#platform);
    if (isMac && code === 'CapsLock') return;
    if (isSwallowed && modifiers.includes(code)) return;
    // Command keeps the keyups of other keys.
    if (isMac && this.#held.has('MetaLeft') && !modifiers.includes(code)) return;
    if (this.#platform === 'windows' && code === 'AltRight') this.#tell(false, 'ControlLeft', lost);
    this.#tell(false, code, lost);
  }

  releaseAll(): void {
    for (const code of this.#held) this.release(code, [], false);
  }

  focus(hasFocus: boolean): void {
    this.#hasFocus = hasFocus;
    if (!hasFocus) this.guest.apply(this.model.releaseAll());
  }

  pointer(lost: readonly string[], isDown: boolean): void {
    this.guest.apply(this.model.pointer(this.flags(lost), isDown));
  }

  wait(milliseconds: number): void {
    this.#time += milliseconds;
    this.guest.apply(this.model.expire());
  }

  #tell(down: boolean, code: string, lost: readonly string[], repeat = false, later = 5): void {
    if (!this.#hasFocus) return;
    this.#time += later;
    const flags = this.flags(lost);
    const name = keys[code] ?? code;
    const isUpper = this.#held.has('ShiftLeft') !== this.#caps && name.length === 1;
    // iPads leave codes out of keyups.
    const told = this.#platform === 'ios' && !down ? '' : code;
    const key = isUpper ? name.toUpperCase() : name;
    const record = { down, code: told, key, keyCode: 0, repeat, isComposing: false, flags, time: this.#time };
    this.guest.apply(this.model.key(record).actions);
  }
}

const lostFlags = fc.subarray(['shift', 'ctrl', 'alt', 'meta', 'altGraph', 'caps']);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('press', 'release'),
      code: fc.constantFrom(...Object.keys(keys)),
      lost: lostFlags,
      isSwallowed: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pointer'), lost: lostFlags, isDown: fc.boolean() }) },
  fc.record({ do: fc.constant('focus'), hasFocus: fc.boolean() }),
  fc.record({ do: fc.constant('wait'), time: fc.constantFrom(1, 40, 1000) }),
);
type AnyStep = Readonly<Record<string, unknown>>;

function perform(user: User, given: AnyStep): void {
  const {
    do: what,
    code = '',
    lost = [],
    isSwallowed = false,
    isDown = false,
    hasFocus = false,
    time = 0,
  } = given as {
    do: string;
    code?: string;
    lost?: string[];
    isSwallowed?: boolean;
    isDown?: boolean;
    hasFocus?: boolean;
    time?: number;
  };
  if (what === 'press') user.press(code, lost, isSwallowed);
  else if (what === 'release') user.release(code, lost, isSwallowed);
  else if (what === 'pointer') user.pointer(lost, isDown);
  else if (what === 'focus') user.focus(hasFocus);
  else user.wait(time);
}

it('when nothing is held, nothing is down in the guest, and a key pressed alone arrives alone', () => {
  const platforms = fc.constantFrom<Platform>('windows', 'apple', 'ios', 'android', 'other');
  fc.assert(
    fc.property(platforms, fc.array(step, { maxLength: 40 }), fc.boolean(), (platform, steps, byBlur) => {
      const user = new User(platform);
      for (const one of steps) {
        perform(user, one);
        expect([...user.guest.down].sort()).toEqual([...user.model.down].sort());
      }
      if (byBlur) user.focus(false);
      user.releaseAll();
      user.focus(true);
      // An event that tells the truth.
      if (!byBlur) user.pointer([], false);
      expect([...user.guest.down]).toEqual([]);
      user.press('Digit1', [], false);
      expect([...user.guest.down]).toEqual(['Digit1']);
      user.release('Digit1', [], false);
      expect([...user.guest.down]).toEqual([]);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
