import { expect, it } from 'vitest';
import { keyStroke } from '../common/scancodes.ts';
import { KeyboardModel, type KeyAction } from './keyboard-model.ts';
import type { GuestLocks } from './lock-sync.ts';
import { detectPlatform } from './platform.ts';
import { modifierFlags } from './key-records.ts';
import { flagsOf, type KeyInit, type Sequence, type Step } from './test-key-sequence.ts';
import { androidKeys, appleKeys, eastAsianKeys } from './test-keys-elsewhere.ts';
import { linuxKeys } from './test-keys-linux.ts';
import { windowsKeys } from './test-keys-windows.ts';

const sequences = [...windowsKeys, ...linuxKeys, ...eastAsianKeys, ...appleKeys, ...androidKeys];

function bytes(code: string, down: boolean): string {
  const stroke = keyStroke(code, down);
  if (stroke?.kind !== 'code') throw new Error(`${code} has no code`);
  const hex = stroke.code.toString(16).padStart(2, '0');
  return hex.length === 4 ? hex.slice(2) + hex.slice(0, 2) : hex;
}

function written(actions: readonly KeyAction[]): string {
  return actions
    .map((action) => {
      switch (action.kind) {
        case 'press':
          return bytes(action.code, true);
        case 'release':
          return bytes(action.code, false);
        case 'stroke':
          return bytes(action.code, true) + bytes(action.code, false);
        case 'locks':
          return `[${action.modifiers}]`;
        case 'text':
          return `«${action.text}»`;
      }
      return '';
    })
    .join('');
}

const lockBits: Readonly<Record<string, number>> = { ScrollLock: 1, NumLock: 2, CapsLock: 4 };

class Player {
  readonly model: KeyboardModel;
  readonly #held = new Set<string>();
  /** as the client has it: what the guest told, with what was sent since */
  #locks: number | undefined;
  #time = 1000;

  constructor({ on, locks }: Pick<Sequence, 'on' | 'locks'>) {
    this.#locks = locks;
    const client = (): number | undefined => this.#locks;
    const guest: GuestLocks = {
      get lockState() {
        return client();
      },
    };
    this.model = new KeyboardModel(on, guest);
  }

  play(step: Step): string {
    const actions = this.#actions(step);
    for (const action of actions) this.#follow(action);
    return written(actions);
  }

  #follow(action: KeyAction): void {
    if (action.kind === 'locks') this.#locks = action.modifiers;
    if (action.kind === 'release') this.#held.delete(action.code);
    if (action.kind !== 'press' && action.kind !== 'stroke') return;
    const bit = lockBits[action.code];
    if (bit !== undefined && this.#locks !== undefined && !this.#held.has(action.code)) this.#locks ^= bit;
    if (action.kind === 'press') this.#held.add(action.code);
  }

  #actions(step: Step): readonly KeyAction[] {
    switch (step[0]) {
      case 'wait': {
        this.#time += step[1];
        return step[1] >= 30 ? this.model.expire() : [];
      }
      case 'blur':
        return this.model.releaseAll();
      case 'pointer':
        return this.model.pointer(flagsOf(step[2]), step[1]);
      default:
        return this.model.key(this.#record(step[0], step[1], step[2])).actions;
    }
  }

  #record(type: 'down' | 'up', code: string, given: KeyInit | string = {}) {
    const init = typeof given === 'string' ? { key: given } : given;
    const { key = '', keyCode = 0, repeat = false, isComposing = false, flags } = init;
    return {
      down: type === 'down',
      code,
      key,
      keyCode,
      repeat,
      isComposing,
      flags: flagsOf(flags),
      time: this.#time,
    };
  }
}

it.each(sequences.map((sequence) => [`${sequence.on}: ${sequence.what}`, sequence] as const))(
  '%s',
  (_, sequence) => {
    const player = new Player(sequence);
    const seen = sequence.steps.map((step) => player.play(step)).join('');
    expect(seen).toBe(sequence.right);
    expect([...player.model.down]).toEqual([]);
  },
);

it('says which events are the guest’s', () => {
  const { model } = new Player({ on: 'other' });
  const event = { down: true, repeat: false, isComposing: false, flags: flagsOf(), time: 0 };
  expect(model.key({ ...event, code: 'KeyA', key: 'a', keyCode: 65 }).isTaken).toBe(true);
  expect(model.key({ ...event, code: 'Fn', key: 'Fn', keyCode: 0 }).isTaken).toBe(false);
  expect(model.key({ ...event, code: 'KeyA', key: 'Process', keyCode: 229 }).isTaken).toBe(false);
  expect(model.key({ ...event, code: '', key: 'Unidentified', keyCode: 0 }).isTaken).toBe(false);
  expect(model.key({ ...event, down: false, code: 'KeyZ', key: 'z', keyCode: 90 }).isTaken).toBe(true);
});

it('brings Shift back by the flags after a character was typed for the user', () => {
  const { model } = new Player({ on: 'other' });
  const event = { keyCode: 0, repeat: false, isComposing: false, flags: flagsOf('shift'), time: 0 };
  const seen = [
    { ...event, down: true, code: 'ShiftLeft', key: 'Shift' },
    { ...event, down: true, code: '', key: 'É' },
    { ...event, down: false, code: '', key: 'É' },
    { ...event, down: true, code: 'KeyB', key: 'B' },
    { ...event, down: false, code: 'KeyB', key: 'B' },
  ].map((record) => written(model.key(record).actions));
  expect(seen.join('')).toBe('2aaa«É»2a30b0aa');
});

it('keeps a Ctrl of Windows back until it is clear whose it is', () => {
  const { model } = new Player({ on: 'windows' });
  const ctrl = { code: 'ControlLeft', key: 'Control', keyCode: 17, flags: flagsOf('ctrl') };
  const { actions, isTaken } = model.key({ ...ctrl, down: true, repeat: false, isComposing: false, time: 0 });
  expect([actions, isTaken, model.isWaiting]).toEqual([[], true, true]);
  expect(written(model.expire())).toBe('1d');
  expect([model.isWaiting, model.expire()]).toEqual([false, []]);
});

it('knows the accent of a key that was sent, and no other text', () => {
  const { model } = new Player({ on: 'apple' });
  const dead = { code: 'KeyN', key: 'Dead', keyCode: 229, repeat: false, isComposing: false, time: 0 };
  expect(model.isOfSentKey('˜')).toBe(false);
  for (const [text, isOfKey] of [
    ['˜', true],
    ['ñ', false],
    ['´', true],
    ['世', false],
  ] as const) {
    model.key({ ...dead, down: true, flags: flagsOf('alt') });
    expect(model.isOfSentKey(text), text).toBe(isOfKey);
    expect(model.isOfSentKey(text), 'once').toBe(false);
  }
});

it('reads flags from any event, and knows platforms', () => {
  const event = { shiftKey: false, ctrlKey: true, altKey: false, metaKey: false };
  expect(modifierFlags(event)).toEqual({ shift: false, ctrl: true, alt: false, meta: false });
  const named = modifierFlags({ ...event, getModifierState: (name) => name === 'OS' || name === 'AltGraph' });
  expect([named.meta, named.altGraph, named.caps]).toEqual([true, true, false]);
  const agents = {
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64)': 'windows',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)': 'apple',
    'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X)': 'ios',
    'Mozilla/5.0 (Linux; Android 14; Pixel 8)': 'android',
    'Mozilla/5.0 (X11; Linux x86_64)': 'other',
  };
  for (const [userAgent, platform] of Object.entries(agents)) {
    expect(detectPlatform({ userAgent }), userAgent).toBe(platform);
  }
  expect(detectPlatform({ userAgent: 'Mozilla/5.0 (Macintosh)', maxTouchPoints: 5 })).toBe('ios');
});
