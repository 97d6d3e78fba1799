import { describe, expect, it } from 'vitest';
import { parseKeyCombination } from './key-names.ts';
import { keyStroke, knownKeyCodes, scancodeBytes } from './scancodes.ts';

describe('keyStroke', () => {
  it('sends one byte for plain keys, with the break bit when released', () => {
    expect(keyStroke('KeyA', true)).toEqual({ kind: 'code', code: 0x1e });
    expect(keyStroke('KeyA', false)).toEqual({ kind: 'code', code: 0x9e });
  });

  it('puts the break bit of E0 keys in the second byte', () => {
    expect(keyStroke('ControlRight', true)).toEqual({ kind: 'code', code: 0x1de0 });
    expect(keyStroke('ControlRight', false)).toEqual({ kind: 'code', code: 0x9de0 });
    expect(keyStroke('PrintScreen', false)).toEqual({ kind: 'code', code: 0xb7e0 });
  });

  it('sends Pause whole when pressed and nothing when released', () => {
    expect(keyStroke('Pause', true)).toEqual({ kind: 'bytes', bytes: [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5] });
    expect(keyStroke('Pause', false)).toEqual({ kind: 'none' });
  });

  it('has the same as bytes in their order', () => {
    expect(scancodeBytes('KeyA', false)).toEqual([0x9e]);
    expect(scancodeBytes('ControlRight', true)).toEqual([0xe0, 0x1d]);
    expect(scancodeBytes('Pause', true)).toHaveLength(6);
    expect(scancodeBytes('Pause', false)).toEqual([]);
  });

  it('does not know keys that a PC does not have, nor names of object properties', () => {
    expect(keyStroke('Unidentified', true)).toBeUndefined();
    expect(keyStroke('constructor', true)).toBeUndefined();
  });

  it('has Korean keys and keys beyond F12 where QEMU has them', () => {
    expect(keyStroke('Lang1', true)).toEqual({ kind: 'code', code: 0x72 });
    expect(keyStroke('Lang1', false)).toEqual({ kind: 'code', code: 0xf2 });
    expect(keyStroke('Lang2', true)).toEqual({ kind: 'code', code: 0x71 });
    expect(keyStroke('Lang2', false)).toEqual({ kind: 'code', code: 0xf1 });
    expect(keyStroke('F13', true)).toEqual({ kind: 'code', code: 0x5d });
    expect(keyStroke('F24', false)).toEqual({ kind: 'code', code: 0xef });
  });

  it('has a distinct make code below the break bit for every key', () => {
    for (const code of knownKeyCodes().filter((one) => one !== 'Pause')) {
      const { code: make } = keyStroke(code, true) as { code: number };
      expect((make > 0xff ? make >> 8 : make) & 0x80, code).toBe(0);
    }
    const codes = knownKeyCodes()
      .filter((code) => code !== 'Pause')
      .map((code) => (keyStroke(code, true) as { code: number }).code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('parseKeyCombination', () => {
  it('takes short names, letters, digits and codes', () => {
    expect(parseKeyCombination('ctrl+alt+delete')).toEqual(['ControlLeft', 'AltLeft', 'Delete']);
    expect(parseKeyCombination('Ctrl+Alt+F2')).toEqual(['ControlLeft', 'AltLeft', 'F2']);
    expect(parseKeyCombination('meta+l')).toEqual(['MetaLeft', 'KeyL']);
    expect(parseKeyCombination('NumpadEnter')).toEqual(['NumpadEnter']);
  });

  it('names the key that it does not know', () => {
    expect(() => parseKeyCombination('ctrl+nokey')).toThrow('"nokey"');
  });
});
