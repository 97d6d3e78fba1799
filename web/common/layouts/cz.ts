// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const cz: LayoutData = {
  levels: [
    ';+ěščřžýáíé=  qwertzuiopú)asdfghjklů§  yxcvbnm,.-',
    ' 1234567890%  QWERTZUIOP/(ASDFGHJKL"!\' YXCVBNM?:_',
    '` @#$ ^&*{}\\   |€¶ŧ←↓→øþ[]~đĐ    łŁ    °      <>',
    '              Ω  ®Ŧ¥↑ıØÞ÷×ÆẞÐªŊĦ    ß ¦  ©‚‘’º',
  ],
  dead: {
    '\u0301': 'Equal 0',
    '\u0308': 'Backslash 0',
    '\u030a': 'Backquote 1',
    '\u030c': 'Equal 1',
    '\u0304': 'Equal 2',
    '\u0303': 'Digit1 3',
    '\u0302': 'Digit3 3',
    '\u0306': 'Digit4 3',
    '\u0328': 'Digit6 3',
    '\u0300': 'Digit7 3',
    '\u0307': 'Digit8 3',
    '\u030b': 'Digit0 3',
    '\u0327': 'Equal 3',
  },
  shared: '~^`\\|€[]{}#&@$đĐłŁ<>×÷ďťňĎŤŇóÓľĽčČěĚřŘšŠžŽůŮńśźć',
};
