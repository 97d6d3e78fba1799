// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const dk: LayoutData = {
  levels: [
    "½1234567890+  qwertyuiopå asdfghjklæø'<zxcvbnm,.-",
    '§!"#¤%&/()=?  QWERTYUIOPÅ ASDFGHJKLÆØ*>ZXCVBNM;:_',
    '¾¡@£$ ¥{[]}±|  ſ€®þ←↓→œ   ªßðđŋħ ĸł   \\«»©„“”µ ·',
    '¶¹²³¼¢⅝÷  °¿¦ Ω   Þ ↑ıŒ   ºẞÐ ŊĦ  Ł  ×¬   ‚‘’',
  ],
  dead: {
    '\u0301': 'Equal 0',
    '\u0308': 'BracketRight 0',
    '\u0300': 'Equal 1',
    '\u0302': 'BracketRight 1',
    '\u0303': 'BracketRight 2',
    '\u030b': 'Backslash 2',
    '\u0327': 'Comma 2',
    '\u0323': 'Slash 2',
    '\u030a': 'BracketLeft 3',
    '\u030c': 'BracketRight 3',
    '\u0328': 'Comma 3',
    '\u0307': 'Period 3',
  },
  shared: '@£$€{[]}~|\\µ',
};
