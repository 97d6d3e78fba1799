// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const fi: LayoutData = {
  levels: [
    "§1234567890+  qwertyuiopå asdfghjklöä'<zxcvbnm,.-",
    '½!"#¤%&/()=?  QWERTYUIOPÅ ASDFGHJKLÖÄ*>ZXCVBNM;:_',
    '  @£$‰‚{[]}\\    € þ  ıœ   əßð    ĸ øæ |ʒ×   ŋµ’ –',
    ' ¡”»«“„   °¿      Þ   Œ   ƏẞÐ      ØÆ ¦Ʒ·   Ŋ—‘',
  ],
  dead: {
    '\u0301': 'Equal 0',
    '\u0308': 'BracketRight 0',
    '\u0300': 'Equal 1',
    '\u0302': 'BracketRight 1',
    '\u0327': 'Equal 2',
    '\u030b': 'BracketLeft 2',
    '\u0303': 'BracketRight 2',
    '\u030c': 'Backslash 2',
    '\u0323': 'Period 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u0306': 'Backslash 3',
    '\u0307': 'Period 3',
  },
  shared: '@£$€{[]}\\~|µ',
};
