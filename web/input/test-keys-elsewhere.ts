/** East Asian keyboards, Macs, iPads and Android. */
import { tap, type Sequence } from './test-key-sequence.ts';

export const eastAsianKeys: readonly Sequence[] = [
  {
    what: 'Zenkaku/Hankaku: two names, keydown only',
    on: 'windows',
    steps: [
      ['down', 'Backquote', 'Zenkaku'],
      ['wait', 500],
      ['down', 'Backquote', 'Hankaku'],
    ],
    right: '29a929a9',
  },
  {
    what: 'Katakana/Hiragana: keydown only, held',
    on: 'windows',
    steps: [
      ['down', 'KanaMode', 'KanaMode'],
      ['wait', 500],
      ['down', 'KanaMode', { key: 'KanaMode', repeat: true }],
    ],
    right: '70f0',
  },
  {
    what: 'Caps Lock as Alphanumeric: keydown only',
    on: 'windows',
    locks: 0,
    steps: [['down', 'CapsLock', 'Alphanumeric']],
    right: '3aba',
  },
  {
    what: 'both events are one stroke',
    on: 'other',
    steps: [...tap('KanaMode', 'KanaMode'), ...tap('Convert', 'Convert'), ...tap('NonConvert', 'NonConvert')],
    right: '70f079f97bfb',
  },
  {
    what: 'Lang1 with a keydown only, Lang2 with a keyup only',
    on: 'windows',
    steps: [
      ['down', 'Lang1', 'HangulMode'],
      ['up', 'Lang2', 'HanjaMode'],
    ],
    right: '72f271f1',
  },
  { what: 'Lang1 with both', on: 'other', steps: tap('Lang1', 'HangulMode'), right: '72f2' },
  {
    what: 'Japanese and Brazilian keys of their own',
    on: 'other',
    steps: [...tap('IntlYen', '¥'), ...tap('IntlRo', '/'), ...tap('NumpadComma', '.')],
    right: '7dfd73f37efe',
  },
];

export const appleKeys: readonly Sequence[] = [
  {
    what: 'Num Lock of the guest is left alone',
    on: 'apple',
    locks: 2,
    steps: [...tap('KeyA', 'a'), ...tap('Numpad7', '7')],
    right: '1e9e47c7',
  },
  { what: 'the same on an iPad', on: 'ios', locks: 2, steps: tap('KeyA', 'a'), right: '1e9e' },
  {
    what: 'Caps Lock: a keydown when it goes on, a keyup when it goes off',
    on: 'apple',
    locks: 0,
    steps: [
      ['down', 'CapsLock', { key: 'CapsLock', flags: 'caps' }],
      ...tap('KeyA', 'A', 'caps'),
      ['up', 'CapsLock', 'CapsLock'],
      ...tap('KeyA', 'a'),
    ],
    right: '3aba1e9e3aba1e9e',
  },
  {
    what: 'Command keeps the keyups of other keys',
    on: 'apple',
    steps: [
      ['down', 'MetaLeft', { key: 'Meta', flags: 'meta' }],
      ['down', 'KeyC', { key: 'c', flags: 'meta' }],
      ['down', 'KeyV', { key: 'v', flags: 'meta' }],
      ['up', 'MetaLeft', 'Meta'],
    ],
    right: 'e05b2eae2fafe0db',
  },
  {
    what: 'a key that was down before Command comes up with it',
    on: 'apple',
    steps: [
      ['down', 'KeyX', 'x'],
      ['down', 'MetaLeft', { key: 'Meta', flags: 'meta' }],
      ['up', 'MetaLeft', 'Meta'],
    ],
    right: '2de05be0dbad',
  },
  {
    what: 'Option is Alt, also where it begins an accent',
    on: 'apple',
    steps: [
      ['down', 'AltLeft', { key: 'Alt', keyCode: 18, flags: 'alt altGraph' }],
      ['down', 'KeyN', { key: 'Dead', keyCode: 229, flags: 'alt altGraph' }],
      ['up', 'KeyN', { key: 'Dead', keyCode: 78, flags: 'alt altGraph', isComposing: true }],
      ['up', 'AltLeft', { key: 'Alt', keyCode: 18, isComposing: true }],
    ],
    right: '3831b1b8',
  },
  {
    what: 'the same without an input method',
    on: 'apple',
    steps: [
      ['down', 'AltLeft', { key: 'Alt', keyCode: 18, flags: 'alt' }],
      ['down', 'KeyN', { key: 'Dead', keyCode: 78, flags: 'alt' }],
      ['up', 'KeyN', { key: 'Dead', keyCode: 78, flags: 'alt' }],
      ['up', 'AltLeft', { key: 'Alt', keyCode: 18 }],
    ],
    right: '3831b1b8',
  },
  {
    what: 'an iPad leaves the code out of keyups',
    on: 'ios',
    steps: [
      ['down', 'KeyA', 'a'],
      ['up', '', 'a'],
      ['down', 'ArrowUp', 'ArrowUp'],
      ['up', '', 'UIKeyInputUpArrow'],
      ...tap('', 'Enter'),
    ],
    right: '1e9ee048e0c81c9c',
  },
  {
    what: 'the same with Shift, which may come up first',
    on: 'ios',
    steps: [
      ['down', 'ShiftLeft', { key: 'Shift', flags: 'shift' }],
      ['down', 'Digit1', { key: '!', flags: 'shift' }],
      ['up', '', { key: '!', flags: 'shift' }],
      ['down', 'Digit2', { key: '@', flags: 'shift' }],
      ['up', 'ShiftLeft', 'Shift'],
      ['up', '', '2'],
    ],
    right: '2a028203aa83',
  },
];

export const androidKeys: readonly Sequence[] = [
  {
    what: 'an on-screen keyboard has codes and no Shift',
    on: 'android',
    steps: [...tap('Digit2', '@'), ...tap('KeyA', 'A'), ...tap('KeyA', 'a')],
    right: '«@»«A»1e9e',
  },
  {
    what: 'signs of a French keyboard at an Android device stay keys',
    on: 'android',
    steps: [...tap('Digit1', '&'), ...tap('Digit2', 'é')],
    right: '02820383',
  },
  {
    what: 'what the input method has',
    on: 'android',
    steps: [['down', '', { key: 'Unidentified', keyCode: 229 }]],
    right: '',
  },
];
