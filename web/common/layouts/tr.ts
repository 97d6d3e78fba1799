// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const tr: LayoutData = {
  levels: [
    '"1234567890*- qwertyuıopğüasdfghjklşi,<zxcvbnmöç.',
    "é!'^+%&/()=?_ QWERTYUIOPĞÜASDFGHJKLŞİ;>ZXCVBNMÖÇ:",
    '  £#$½¾{[]}\\| @ €¶₺←ûîô  ~âß ª     ´ ` «»¢„“”µ×·',
    '°¡²³¼⅜   ± ¿  Ω  ® ¥ÛÎÔ   Â           ¦  ©‚‘’º ÷',
  ],
  dead: {
    '\u0308': 'BracketLeft 2',
    '\u0307': 'Slash 2',
    '\u030a': 'BracketLeft 3',
    '\u0304': 'BracketRight 3',
    '\u0301': 'Semicolon 3',
    '\u030c': 'Quote 3',
    '\u0300': 'Backslash 3',
  },
  shared: '@€#${[]}\\|~½æÆß',
};
