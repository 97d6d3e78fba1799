// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const es: LayoutData = {
  levels: [
    "º1234567890'¡ qwertyuiop +asdfghjklñ ç<zxcvbnm,.-",
    'ª!"·$%&/()=?¿ QWERTYUIOP *ASDFGHJKLÑ Ç>ZXCVBNM;:_',
    '\\|@#~½¬{[]}    ſ€¶ŧ←↓→øþ  æßðđŋħ ĸł    «»¢„“”µ•',
    '  ⅛£ ⅜⅝⅞™±°   Ω§ ®Ŧ¥↑ıØÞ  ÆẞÐ ŊĦ  Ł   ¦  ©‚‘’ ×÷',
  ],
  dead: {
    '\u0300': 'BracketLeft 0',
    '\u0301': 'Quote 0',
    '\u0302': 'BracketLeft 1',
    '\u0308': 'Quote 1',
    '\u0327': 'Equal 2',
    '\u0303': 'Semicolon 2',
    '\u0323': 'Slash 2',
    '\u0328': 'Equal 3',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u030b': 'Semicolon 3',
    '\u030c': 'Quote 3',
    '\u0306': 'Backslash 3',
    '\u0307': 'Slash 3',
  },
  shared: '\\|@#€[]{}¬',
};
