// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const jp: LayoutData = {
  levels: [
    ' 1234567890-^\\qwertyuiop@[asdfghjkl;:] zxcvbnm,./',
    ' !"#$%&\'()~= |QWERTYUIOP`{ASDFGHJKL+*} ZXCVBNM<>?_',
  ],
  dead: {},
  shared: '',
};
