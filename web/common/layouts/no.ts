// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const no: LayoutData = {
  levels: [
    "|1234567890+\\ qwertyuiopå asdfghjkløæ'<zxcvbnm,.-",
    '§!"#¤%&/()=?  QWERTYUIOPÅ ASDFGHJKLØÆ*>ZXCVBNM;:_',
    '¦¡@£$½¥{[]}±   ſ€®þ←↓→œπ  ªßðđŋħ ĸł    «»©„“”µ …–',
    '¶¹²³¼‰⅝÷  °¿¬ Ω ¢™Þ ↑ıŒΠ  ºẞÐ ŊĦ  Ł  ×¾   ‚‘’  ·—',
  ],
  dead: {
    '\u0308': 'BracketRight 0',
    '\u0300': 'Equal 1',
    '\u0302': 'BracketRight 1',
    '\u0301': 'Equal 2',
    '\u0303': 'BracketRight 2',
    '\u030b': 'Backslash 2',
    '\u0327': 'Comma 2',
    '\u030a': 'BracketLeft 3',
    '\u030c': 'BracketRight 3',
    '\u0328': 'Comma 3',
  },
  shared: '@£$€{[]}~µ',
};
