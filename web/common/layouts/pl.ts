// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const pl: LayoutData = {
  levels: [
    "`1234567890-= qwertyuiop[]asdfghjkl;'\\ zxcvbnm,./",
    '~!@#$%^&*()_+ QWERTYUIOP{}ASDFGHJKL:"| ZXCVBNM<>?',
    '¬≠²³¢€½§·«»–  πœę©ß←↓→óþ  ąśðæŋ’ə…ł    żźć„”ńµ≤≥',
    '∨¡¿£¼‰∧≈¾±°—  ΩŒĘ®™¥↑↔ÓÞ  ĄŚÐÆŊ•Ə Ł   ¦ŻŹĆ‘“Ń∞×÷',
  ],
  dead: {
    '\u0327': 'Equal 2',
    '\u0308': 'BracketLeft 2',
    '\u0303': 'BracketRight 2',
    '\u0301': 'Semicolon 2',
    '\u0302': 'Quote 2',
    '\u0300': 'Backslash 2',
    '\u0323': 'Slash 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u030b': 'Semicolon 3',
    '\u030c': 'Quote 3',
    '\u0306': 'Backslash 3',
    '\u0307': 'Slash 3',
  },
  shared: 'ąćęłńóśźżĄĆĘŁŃÓŚŹŻ',
};
