import type { KeyboardLayout } from '../api/public-types.ts';
import { characterCodes, type LayoutData } from './layouts/character-codes.ts';
import { us } from './layouts/us.ts';

/** A key of a layout, and what is held with it. */
export interface LayoutKey {
  /** a `KeyboardEvent.code` */
  readonly code: string;
  readonly shift: boolean;
  readonly altGr: boolean;
}

/** How a character is typed. */
export interface TypedCharacter {
  /** one after the other; a dead key comes before the letter that it changes */
  readonly keys: readonly LayoutKey[];
  /** whether Windows' layout of the name has it there too, and not X11's alone */
  readonly isShared: boolean;
}

const controls: readonly [string, string][] = [
  [' ', 'Space'],
  ['\n', 'Enter'],
  ['\t', 'Tab'],
  ['\b', 'Backspace'],
];

/** A dead key and Space; X11 gives the plain signs of the others where a dead key comes twice. */
const spacingMarks: Readonly<Record<string, string>> = {
  '\u0300': '`',
  '\u0302': '^',
  '\u0303': '~',
  '\u0304': '¯',
  '\u0306': '˘',
  '\u0307': '˙',
  '\u030a': '°',
  '\u030b': '˝',
  '\u030c': 'ˇ',
  '\u0327': '¸',
  '\u0328': '˛',
};
const doubledMarks: Readonly<Record<string, string>> = { '\u0301': '´', '\u0308': '¨' };

/** Which keys of the guest's keyboard give which characters. */
export class LayoutTable {
  readonly #direct = new Map<string, TypedCharacter>();
  readonly #dead = new Map<string, { readonly key: LayoutKey; readonly isShared: boolean }>();
  readonly #spacing = new Map<string, TypedCharacter>();
  readonly #shared: ReadonlySet<string>;
  /** keys that give a letter, and its capital with Shift: codes and whether with AltGr */
  readonly #letterKeys = new Set<string>();

  /** @param data without it the table has nothing */
  constructor(data?: LayoutData) {
    this.#shared = new Set(data?.shared);
    if (data === undefined) return;
    for (const [level, row] of data.levels.entries()) {
      for (const [at, character] of [...row].entries()) {
        const code = characterCodes[at];
        if (character === ' ' || code === undefined) continue;
        const key = { code, ...modifiersOf(level) };
        this.#direct.set(character, { keys: [key], isShared: level < 2 || this.#shared.has(character) });
        if (/\p{Ll}/u.test(character) && /\p{Lu}/u.test([...(data.levels[level + 1] ?? '')][at] ?? '')) {
          this.#letterKeys.add(`${code} ${key.altGr}`);
        }
      }
    }
    for (const [character, code] of controls) {
      this.#direct.set(character, { keys: [{ code, shift: false, altGr: false }], isShared: true });
    }
    for (const [mark, place] of Object.entries(data.dead)) this.#addDeadKey(mark, place);
  }

  get(character: string): TypedCharacter | undefined {
    return this.#direct.get(character) ?? this.#spacing.get(character) ?? this.#accented(character);
  }

  /** Whether Caps Lock turns Shift round for the key. */
  hasCase({ code, altGr }: LayoutKey): boolean {
    return this.#letterKeys.has(`${code} ${altGr}`);
  }

  #addDeadKey(mark: string, place: string): void {
    const [code = '', digit] = place.split(' ');
    const level = Number(digit);
    const key = { code, ...modifiersOf(level) };
    this.#dead.set(mark, { key, isShared: level < 2 });
    const [space, doubled] = [spacingMarks[mark], doubledMarks[mark]];
    const spaceKey = { code: 'Space', shift: false, altGr: false };
    if (space !== undefined) this.#spacing.set(space, { keys: [key, spaceKey], isShared: level < 2 });
    if (doubled !== undefined) this.#spacing.set(doubled, { keys: [key, key], isShared: false });
  }

  /** A letter and one dead key before it. */
  #accented(character: string): TypedCharacter | undefined {
    const [letter = '', mark = '', more] = character.normalize('NFD');
    const dead = this.#dead.get(mark);
    const base = this.#direct.get(letter);
    if (dead === undefined || base === undefined || more !== undefined) return undefined;
    const isKnown = (character.codePointAt(0) ?? 0) < 0x100 || this.#shared.has(character);
    return { keys: [dead.key, ...base.keys], isShared: dead.isShared && base.isShared && isKnown };
  }
}

function modifiersOf(level: number): { shift: boolean; altGr: boolean } {
  return { shift: level % 2 === 1, altGr: level > 1 };
}

export const usLayout: LayoutTable = new LayoutTable(us);

/** Each is evaluated when somebody asks for it. */
const loaders: Readonly<Record<Exclude<KeyboardLayout, 'us' | 'none'>, () => Promise<LayoutData>>> = {
  gb: async () => (await import('./layouts/gb.ts')).gb,
  de: async () => (await import('./layouts/de.ts')).de,
  fr: async () => (await import('./layouts/fr.ts')).fr,
  es: async () => (await import('./layouts/es.ts')).es,
  it: async () => (await import('./layouts/it.ts')).it,
  pt: async () => (await import('./layouts/pt.ts')).pt,
  se: async () => (await import('./layouts/se.ts')).se,
  no: async () => (await import('./layouts/no.ts')).no,
  dk: async () => (await import('./layouts/dk.ts')).dk,
  fi: async () => (await import('./layouts/fi.ts')).fi,
  ch: async () => (await import('./layouts/ch.ts')).ch,
  be: async () => (await import('./layouts/be.ts')).be,
  pl: async () => (await import('./layouts/pl.ts')).pl,
  cz: async () => (await import('./layouts/cz.ts')).cz,
  ru: async () => (await import('./layouts/ru.ts')).ru,
  tr: async () => (await import('./layouts/tr.ts')).tr,
  jp: async () => (await import('./layouts/jp.ts')).jp,
};

const noLayout = new LayoutTable();
const loaded = new Map<KeyboardLayout, Promise<LayoutTable>>();

/** `none` has nothing. */
export function loadLayout(name: KeyboardLayout): Promise<LayoutTable> {
  if (name === 'us') return Promise.resolve(usLayout);
  if (name === 'none') return Promise.resolve(noLayout);
  const known = loaded.get(name) ?? loaders[name]().then((data) => new LayoutTable(data));
  loaded.set(name, known);
  return known;
}

/** What `keyboard-layout` may be. */
export const keyboardLayouts: readonly KeyboardLayout[] = [
  'us',
  ...(Object.keys(loaders) as (keyof typeof loaders)[]),
  'none',
];

export interface TextRun {
  readonly text: string;
  readonly isTypable: boolean;
}

/**
 * Text cut where it changes between characters that the layout has and others.
 * @param onlyShared what Windows does not have on those keys counts as not there
 */
export function typingRuns(text: string, layout: LayoutTable, onlyShared = false): readonly TextRun[] {
  const runs: { text: string; isTypable: boolean }[] = [];
  // CRLF is one press of Enter.
  for (const character of text.normalize('NFC').replaceAll('\r\n', '\n')) {
    const typed = layout.get(character);
    const isTypable = typed !== undefined && (typed.isShared || !onlyShared);
    const last = runs.at(-1);
    if (last !== undefined && last.isTypable === isTypable) last.text += character;
    else runs.push({ text: character, isTypable });
  }
  return runs;
}
