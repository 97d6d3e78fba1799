// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const ru: LayoutData = {
  levels: [
    'ё1234567890-= йцукенгшщзхъфывапролджэ\\ ячсмитьбю.',
    'Ё!"№;%:?*()_+ ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭ/|ЯЧСМИТЬБЮ,',
  ],
  dead: {},
  shared: '',
};
