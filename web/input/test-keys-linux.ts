/** What browsers on Linux send, and hardened ones everywhere. */
import { tap, type Sequence } from './test-key-sequence.ts';

export const linuxKeys: readonly Sequence[] = [
  {
    what: 'Ctrl and AltGr in the same moment are both real',
    on: 'other',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['down', 'AltRight', { key: 'AltGraph', flags: 'ctrl altGraph' }],
      ...tap('KeyQ', '@', 'ctrl altGraph'),
      ['up', 'AltRight', { key: 'AltGraph', flags: 'ctrl' }],
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1de0381090e0b89d',
  },
  ...(
    [
      ['MetaLeft', 'Meta', 'meta', 'e05be0db'],
      ['ControlLeft', 'Control', 'ctrl', '1d9d'],
      ['AltLeft', 'Alt', 'alt', '38b8'],
      ['ShiftLeft', 'Shift', 'shift', '2aaa'],
      ['AltRight', 'AltGraph', 'altGraph', 'e038e0b8'],
    ] as const
  ).map(([code, key, flags, right]): Sequence => ({
    what: `${code} whose keyup the system kept comes up before the next key`,
    on: 'other',
    steps: [['down', code, { key, flags }], ['wait', 500], ...tap('KeyA', 'a')],
    right: `${right}1e9e`,
  })),
  {
    what: 'Alt+Tab taken by the window manager: Alt is not down for the next keys and clicks',
    on: 'other',
    steps: [
      ['down', 'AltLeft', { key: 'Alt', flags: '' }],
      ['up', 'Tab', { key: 'Tab', flags: 'alt' }],
      ['wait', 1000],
      ['pointer', true],
      ['pointer', false],
      ...tap('KeyA', 'a'),
    ],
    right: '38b81e9e',
  },
  {
    what: 'Meta whose keyup the system kept comes up before a click',
    on: 'other',
    steps: [
      ['down', 'MetaLeft', { key: 'Meta', flags: 'meta' }],
      ['wait', 500],
      ['pointer', false],
    ],
    right: 'e05be0db',
  },
  {
    what: 'Ctrl that is held over a key and a click stays',
    on: 'other',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ...tap('KeyA', 'a', 'ctrl'),
      ['pointer', true, 'ctrl'],
      ['pointer', false, 'ctrl'],
      ['up', 'ControlLeft', 'Control'],
    ],
    right: '1d1e9e9d',
  },
  {
    what: "a modifier's own events tell nothing (Firefox on X11)",
    on: 'other',
    steps: [
      ['down', 'ShiftLeft', { key: 'Shift', flags: '' }],
      ...tap('KeyA', 'A', 'shift'),
      ['up', 'ShiftLeft', { key: 'Shift', flags: 'shift' }],
    ],
    right: '2a1e9eaa',
  },
  {
    what: 'a swallowed Alt and then Shift are not Alt+Shift',
    on: 'other',
    steps: [
      ['down', 'AltLeft', { key: 'Alt', flags: 'alt' }],
      ['wait', 900],
      ['down', 'ShiftLeft', { key: 'Shift', flags: 'shift' }],
      ...tap('KeyA', 'A', 'shift'),
      ['up', 'ShiftLeft', { key: 'Shift', flags: 'shift' }],
    ],
    right: '38b82a1e9eaa',
  },
  {
    what: 'a keydown after the blur does not stay',
    on: 'other',
    steps: [
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ['blur'],
      ['down', 'ControlLeft', { key: 'Control', flags: 'ctrl' }],
      ...tap('KeyA', 'a'),
    ],
    right: '1d9d1d9d1e9e',
  },
  ...(
    [
      ['Digit1', '!', 'shift', '2a0282aa'],
      ['KeyA', 'A', 'shift', '2a1e9eaa'],
      ['F2', 'F2', 'alt', '383cbcb8'],
      ['KeyC', 'c', 'ctrl', '1d2eae9d'],
      ['KeyQ', '@', 'altGraph', 'e0381090e0b8'],
      ['KeyL', 'l', 'meta', 'e05b26a6e0db'],
    ] as const
  ).map(([code, key, flags, right]): Sequence => ({
    what: `a browser that hides modifiers: ${flags} goes down around ${code}`,
    on: 'other',
    steps: tap(code, key, flags),
    right,
  })),
  {
    what: 'the same for rolled keys: Shift comes up with the last',
    on: 'other',
    steps: [
      ['down', 'KeyA', { key: 'A', flags: 'shift' }],
      ['down', 'KeyB', { key: 'B', flags: 'shift' }],
      ['up', 'KeyA', { key: 'A', flags: 'shift' }],
      ['up', 'KeyB', { key: 'B', flags: 'shift' }],
    ],
    right: '2a1e309eb0aa',
  },
  {
    what: 'the same for a click',
    on: 'other',
    steps: [
      ['pointer', true, 'ctrl'],
      ['pointer', true, 'ctrl'],
      ['pointer', false, 'ctrl'],
    ],
    right: '1d9d',
  },
  {
    what: 'Caps Lock has both events',
    on: 'other',
    locks: 0,
    steps: [
      ...tap('CapsLock', 'CapsLock', 'caps'),
      ...tap('KeyA', 'A', 'caps'),
      ['down', 'CapsLock', { key: 'CapsLock', flags: 'caps' }],
      ['up', 'CapsLock', 'CapsLock'],
      ...tap('KeyA', 'a'),
    ],
    right: '3aba1e9e3aba1e9e',
  },
  {
    what: 'Caps Lock made a Ctrl by the user',
    on: 'other',
    steps: [
      ['down', 'CapsLock', { key: 'Control', flags: 'ctrl' }],
      ['wait', 50],
      ...tap('KeyC', 'c', 'ctrl'),
      ['up', 'CapsLock', 'Control'],
    ],
    right: '1d2eae9d',
  },
  {
    what: 'Caps Lock made an Escape, and Ctrl a Caps Lock',
    on: 'other',
    locks: 0,
    steps: [...tap('CapsLock', 'Escape'), ...tap('ControlLeft', 'CapsLock')],
    right: '01813aba',
  },
  {
    what: "the guest's lock state follows the user's, with Num Lock",
    on: 'other',
    locks: 4,
    steps: [...tap('KeyA', 'a', 'num'), ...tap('KeyB', 'b', 'num')],
    right: '[2]1e9e30b0',
  },
  {
    what: 'a Scroll Lock that the browser never told of is left alone',
    on: 'other',
    locks: 1,
    steps: tap('KeyA', 'a'),
    right: '1e9e',
  },
  {
    what: 'an input method has the key; what is down comes up nevertheless',
    on: 'other',
    steps: [
      ['down', 'KeyA', 'a'],
      ['down', 'KeyB', { key: 'Process', keyCode: 229 }],
      ['up', 'KeyA', { key: 'a', isComposing: true }],
      ['up', 'KeyB', { key: 'b', isComposing: true }],
    ],
    right: '1e9e',
  },
];
