// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const se: LayoutData = {
  levels: [
    "§1234567890+  qwertyuiopå asdfghjklöä'<zxcvbnm,.-",
    '½!"#¤%&/()=?  QWERTYUIOPÅ ASDFGHJKLÖÄ*>ZXCVBNM;:_',
    '¶¡@£$€¥{[]}\\±  ſ ®þ←↓→œ   ªßðđŋħ ĸłøæ´|«»©„“”µ ·',
    '¾¹²³¼¢⅝÷  °¿¬ Ω   Þ ↑ıŒ   ºẞÐ ŊĦ  ŁØÆ×¦   ‚‘’',
  ],
  dead: {
    '\u0301': 'Equal 0',
    '\u0308': 'BracketRight 0',
    '\u0300': 'Equal 1',
    '\u0302': 'BracketRight 1',
    '\u0303': 'BracketRight 2',
    '\u0327': 'Comma 2',
    '\u0323': 'Slash 2',
    '\u030a': 'BracketLeft 3',
    '\u030c': 'BracketRight 3',
    '\u0328': 'Comma 3',
    '\u0307': 'Period 3',
  },
  shared: '@£$€{[]}\\~|µ',
};
