// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const us: LayoutData = {
  levels: [
    "`1234567890-= qwertyuiop[]asdfghjkl;'\\ zxcvbnm,./",
    '~!@#$%^&*()_+ QWERTYUIOP{}ASDFGHJKL:"| ZXCVBNM<>?',
  ],
  dead: {},
  shared: '',
};
