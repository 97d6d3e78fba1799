/**
 * `KeyboardEvent.code` (a key's place, whatever its label) to PC/AT set 1 scan codes.
 * 0x100 marks the keys whose code is preceded by E0.
 */
const E0 = 0x100;

const table: Readonly<Record<string, number>> = {
  Escape: 0x01,
  Digit1: 0x02,
  Digit2: 0x03,
  Digit3: 0x04,
  Digit4: 0x05,
  Digit5: 0x06,
  Digit6: 0x07,
  Digit7: 0x08,
  Digit8: 0x09,
  Digit9: 0x0a,
  Digit0: 0x0b,
  Minus: 0x0c,
  Equal: 0x0d,
  Backspace: 0x0e,
  Tab: 0x0f,
  KeyQ: 0x10,
  KeyW: 0x11,
  KeyE: 0x12,
  KeyR: 0x13,
  KeyT: 0x14,
  KeyY: 0x15,
  KeyU: 0x16,
  KeyI: 0x17,
  KeyO: 0x18,
  KeyP: 0x19,
  BracketLeft: 0x1a,
  BracketRight: 0x1b,
  Enter: 0x1c,
  ControlLeft: 0x1d,
  KeyA: 0x1e,
  KeyS: 0x1f,
  KeyD: 0x20,
  KeyF: 0x21,
  KeyG: 0x22,
  KeyH: 0x23,
  KeyJ: 0x24,
  KeyK: 0x25,
  KeyL: 0x26,
  Semicolon: 0x27,
  Quote: 0x28,
  Backquote: 0x29,
  ShiftLeft: 0x2a,
  Backslash: 0x2b,
  KeyZ: 0x2c,
  KeyX: 0x2d,
  KeyC: 0x2e,
  KeyV: 0x2f,
  KeyB: 0x30,
  KeyN: 0x31,
  KeyM: 0x32,
  Comma: 0x33,
  Period: 0x34,
  Slash: 0x35,
  ShiftRight: 0x36,
  NumpadMultiply: 0x37,
  AltLeft: 0x38,
  Space: 0x39,
  CapsLock: 0x3a,
  F1: 0x3b,
  F2: 0x3c,
  F3: 0x3d,
  F4: 0x3e,
  F5: 0x3f,
  F6: 0x40,
  F7: 0x41,
  F8: 0x42,
  F9: 0x43,
  F10: 0x44,
  NumLock: 0x45,
  ScrollLock: 0x46,
  Numpad7: 0x47,
  Numpad8: 0x48,
  Numpad9: 0x49,
  NumpadSubtract: 0x4a,
  Numpad4: 0x4b,
  Numpad5: 0x4c,
  Numpad6: 0x4d,
  NumpadAdd: 0x4e,
  Numpad1: 0x4f,
  Numpad2: 0x50,
  Numpad3: 0x51,
  Numpad0: 0x52,
  NumpadDecimal: 0x53,
  IntlBackslash: 0x56,
  F11: 0x57,
  F12: 0x58,
  NumpadEqual: 0x59,
  // As QEMU and the native clients have them; what real keyboards send here differs.
  F13: 0x5d,
  F14: 0x5e,
  F15: 0x5f,
  F16: 0x55,
  F17: E0 | 0x03,
  F18: E0 | 0x77,
  F19: E0 | 0x04,
  F20: 0x5a,
  F21: 0x74,
  F22: E0 | 0x79,
  F23: 0x6d,
  F24: 0x6f,
  // Japanese, Brazilian and Korean keys
  KanaMode: 0x70,
  IntlRo: 0x73,
  Convert: 0x79,
  NonConvert: 0x7b,
  IntlYen: 0x7d,
  NumpadComma: 0x7e,
  // Korean
  Lang1: 0x72,
  Lang2: 0x71,
  Lang3: 0x78,
  Lang4: 0x77,
  Lang5: 0x76,
  // E0 keys
  NumpadEnter: E0 | 0x1c,
  ControlRight: E0 | 0x1d,
  AudioVolumeMute: E0 | 0x20,
  LaunchApp2: E0 | 0x21,
  MediaPlayPause: E0 | 0x22,
  MediaStop: E0 | 0x24,
  AudioVolumeDown: E0 | 0x2e,
  AudioVolumeUp: E0 | 0x30,
  BrowserHome: E0 | 0x32,
  NumpadDivide: E0 | 0x35,
  PrintScreen: E0 | 0x37,
  AltRight: E0 | 0x38,
  Home: E0 | 0x47,
  ArrowUp: E0 | 0x48,
  PageUp: E0 | 0x49,
  ArrowLeft: E0 | 0x4b,
  ArrowRight: E0 | 0x4d,
  End: E0 | 0x4f,
  ArrowDown: E0 | 0x50,
  PageDown: E0 | 0x51,
  Insert: E0 | 0x52,
  Delete: E0 | 0x53,
  MetaLeft: E0 | 0x5b,
  MetaRight: E0 | 0x5c,
  ContextMenu: E0 | 0x5d,
  Power: E0 | 0x5e,
  Sleep: E0 | 0x5f,
  WakeUp: E0 | 0x63,
  BrowserSearch: E0 | 0x65,
  BrowserFavorites: E0 | 0x66,
  BrowserRefresh: E0 | 0x67,
  BrowserStop: E0 | 0x68,
  BrowserForward: E0 | 0x69,
  BrowserBack: E0 | 0x6a,
  LaunchApp1: E0 | 0x6b,
  LaunchMail: E0 | 0x6c,
  MediaSelect: E0 | 0x6d,
  MediaTrackNext: E0 | 0x19,
  MediaTrackPrevious: E0 | 0x10,
  Eject: E0 | 0x7d,
  NumpadParenLeft: E0 | 0x76,
  NumpadParenRight: E0 | 0x7b,
  // Sun's and old USB keyboards
  Again: E0 | 0x05,
  Props: E0 | 0x06,
  Undo: E0 | 0x07,
  Copy: E0 | 0x78,
  Open: 0x64,
  Paste: 0x65,
  Find: E0 | 0x41,
  Cut: E0 | 0x3c,
  Help: E0 | 0x75,
};

/** Pause has no break code: pressing it sends E1 1D 45 and E1 9D C5 at once. */
const pauseBytes = [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5] as const;

export type KeyStroke =
  /** for KEY_DOWN or KEY_UP: bytes of the code, lowest first */
  | { readonly kind: 'code'; readonly code: number }
  /** for KEY_SCANCODE */
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  | { readonly kind: 'none' };

/**
 * What to send when a key goes down or up.
 * The break bit is 0x80 of the last byte: for E0 keys that is the second one.
 */
export function keyStroke(code: string, down: boolean): KeyStroke | undefined {
  if (code === 'Pause') return down ? { kind: 'bytes', bytes: pauseBytes } : { kind: 'none' };
  const key = Object.hasOwn(table, code) ? table[code] : undefined;
  if (key === undefined) return undefined;
  const last = (key & 0xff) | (down ? 0 : 0x80);
  return { kind: 'code', code: key >= E0 ? 0xe0 | (last << 8) : last };
}

/** The same, for KEY_SCANCODE. */
export function scancodeBytes(code: string, down: boolean): readonly number[] {
  const stroke = keyStroke(code, down);
  if (stroke === undefined || stroke.kind === 'none') return [];
  if (stroke.kind === 'bytes') return stroke.bytes;
  return stroke.code > 0xff ? [stroke.code & 0xff, stroke.code >> 8] : [stroke.code];
}

/** Every `KeyboardEvent.code` that can be sent. */
export function knownKeyCodes(): string[] {
  return [...Object.keys(table), 'Pause'];
}
