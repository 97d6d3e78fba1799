/** A key of a PC keyboard, by its set 1 scan code (docs/protocol/inputs.md#keys). */
export interface Key {
  readonly name: string;
  /** what it types on a US layout */
  readonly plain?: string;
  readonly shifted?: string;
}

const keys = new Map<number, Key>();

/** Keys in a row of codes, one character each; `shifted` in the same order. */
function row(first: number, plain: string, shifted: string): void {
  [...plain].forEach((character, i) =>
    keys.set(first + i, { name: character.toUpperCase(), plain: character, shifted: shifted[i] }),
  );
}

row(0x02, '1234567890-=', '!@#$%^&*()_+');
row(0x10, 'qwertyuiop[]', 'QWERTYUIOP{}');
row(0x1e, "asdfghjkl;'`", 'ASDFGHJKL:"~');
row(0x2b, '\\zxcvbnm,./', '|ZXCVBNM<>?');

/** With NumLock these type, otherwise they move. */
const keypad = new Map<number, readonly [name: string, digit: string]>([
  [0x47, ['Home', '7']],
  [0x48, ['Up', '8']],
  [0x49, ['PageUp', '9']],
  [0x4b, ['Left', '4']],
  [0x4c, ['Middle', '5']],
  [0x4d, ['Right', '6']],
  [0x4f, ['End', '1']],
  [0x50, ['Down', '2']],
  [0x51, ['PageDown', '3']],
  [0x52, ['Insert', '0']],
  [0x53, ['Delete', '.']],
]);

const named: readonly (readonly [number, string, string?])[] = [
  [0x01, 'Escape'],
  [0x0e, 'Backspace'],
  [0x0f, 'Tab', '\t'],
  [0x1c, 'Enter', '\n'],
  [0x1d, 'Ctrl'],
  [0x2a, 'Shift'],
  [0x36, 'Shift'],
  [0x37, 'Keypad*', '*'],
  [0x38, 'Alt'],
  [0x39, 'Space', ' '],
  [0x3a, 'CapsLock'],
  [0x45, 'NumLock'],
  [0x46, 'ScrollLock'],
  [0x4a, 'Keypad-', '-'],
  [0x4e, 'Keypad+', '+'],
  [0x56, 'IntlBackslash', '<'],
  [0x57, 'F11'],
  [0x58, 'F12'],
  [0xe01c, 'KeypadEnter', '\n'],
  [0xe01d, 'RightCtrl'],
  [0xe035, 'Keypad/', '/'],
  [0xe037, 'PrintScreen'],
  [0xe038, 'AltGr'],
  [0xe05b, 'Meta'],
  [0xe05c, 'Meta'],
  [0xe05d, 'Menu'],
];
for (const [code, name, plain] of named) keys.set(code, plain === undefined ? { name } : { name, plain });
for (let i = 1; i <= 10; i++) keys.set(0x3a + i, { name: `F${i}` });
for (const [code, [name]] of keypad) keys.set(0xe000 | code, { name });

export interface KeyPress {
  readonly key: Key;
  readonly down: boolean;
  /** the key's number, with 0xe000 for extended keys */
  readonly code: number;
}

/** Takes scan code bytes as the guest's keyboard controller would. */
export class ScancodeReader {
  #extended = false;
  /** bytes of Pause (E1 1D 45) still to be ignored */
  #skip = 0;

  /** @param numLock whether the keypad types digits */
  read(byte: number, numLock: boolean): KeyPress | undefined {
    if (this.#skip > 0) {
      this.#skip--;
      return undefined;
    }
    if (byte === 0xe1) this.#skip = 2;
    if (byte === 0xe0 || byte === 0xe1) {
      this.#extended = byte === 0xe0;
      return undefined;
    }
    const code = (this.#extended ? 0xe000 : 0) | (byte & 0x7f);
    this.#extended = false;
    const digit = keypad.get(code);
    const key = digit === undefined ? keys.get(code) : keypadKey(digit, numLock);
    return key === undefined ? undefined : { key, code, down: (byte & 0x80) === 0 };
  }
}

function keypadKey([name, digit]: readonly [string, string], numLock: boolean): Key {
  return numLock ? { name: digit, plain: digit } : { name };
}
