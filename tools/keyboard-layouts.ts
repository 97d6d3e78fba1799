/**
 * Writes web/common/layouts/ from Debian's xkb-data (`apt-get install xkb-data libxkbcommon-tools x11proto-dev`):
 * npx tsx tools/keyboard-layouts.ts
 *
 * The keys of each layout are X11's, as `xkbcli compile-keymap` gives them; characters of keysyms are those of
 * X11's keysymdef.h. What `shared` lists was compared by hand with Windows' layouts of that name.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { characterCodes } from '../web/common/layouts/character-codes.ts';

const folder = new URL('../web/common/layouts/', import.meta.url).pathname;

/** XKB's names of the keys in `characterCodes`, in their order. */
const xkbKeys = [
  'TLDE AE01 AE02 AE03 AE04 AE05 AE06 AE07 AE08 AE09 AE10 AE11 AE12 AE13',
  'AD01 AD02 AD03 AD04 AD05 AD06 AD07 AD08 AD09 AD10 AD11 AD12',
  'AC01 AC02 AC03 AC04 AC05 AC06 AC07 AC08 AC09 AC10 AC11 BKSL',
  'LSGT AB01 AB02 AB03 AB04 AB05 AB06 AB07 AB08 AB09 AB10 AB11',
]
  .join(' ')
  .split(' ');

/**
 * Characters that Windows, too, has with AltGr, and those of its dead keys beyond Latin-1. Where X11 has one
 * on several keys, `character=code` names the one that Windows has.
 */
const layouts: Readonly<Record<string, string>> = {
  us: '',
  gb: '€',
  de: '² ³ { [ ] } \\ @ € ~ | µ',
  fr: '~=Digit2 # { [ | ` \\ ^ @ ] } €',
  es: '\\ | @ # € [ ] { } ¬',
  it: '@=Semicolon #=Quote [=BracketLeft ]=BracketRight € {=BracketLeft }=BracketRight',
  pt: '@ £ § € { [ ] }',
  se: '@ £ $ € { [ ] } \\ ~ | µ',
  no: '@ £ $ € { [ ] } ~ µ',
  dk: '@ £ $ € { [ ] } ~ | \\ µ',
  fi: '@ £ $ € { [ ] } \\ ~ | µ',
  ch: '@=Digit2 # | [ ] { } \\ € ~',
  be: '|=Digit1 @ # {=Digit9 [ ^ } ] € \\=IntlBackslash',
  pl: 'ą ć ę ł ń ó ś ź ż Ą Ć Ę Ł Ń Ó Ś Ź Ż',
  cz: '~ ^ ` \\ | € [ ] { } # & @ $ đ Đ ł Ł < > × ÷ ď ť ň Ď Ť Ň ó Ó ľ Ľ č Č ě Ě ř Ř š Š ž Ž ů Ů ń ś ź ć',
  ru: '',
  tr: '@ € # $ { [ ] } \\ | ~ ½ æ Æ ß',
  jp: '',
};

/** Dead keys by the combining character that they put on a letter. */
const marks: Readonly<Record<string, number>> = {
  grave: 0x300,
  acute: 0x301,
  circumflex: 0x302,
  tilde: 0x303,
  macron: 0x304,
  breve: 0x306,
  abovedot: 0x307,
  diaeresis: 0x308,
  abovering: 0x30a,
  doubleacute: 0x30b,
  caron: 0x30c,
  belowdot: 0x323,
  cedilla: 0x327,
  ogonek: 0x328,
};

const NO_CHARACTER = ' ';

function characters(): Map<string, string> {
  const known = new Map<string, string>();
  const header = readFileSync('/usr/include/X11/keysymdef.h', 'utf8');
  for (const [, name = '', hex = ''] of header.matchAll(/^#define XK_(\w+) +0x\w+ +\/\*[ (]U\+(\w+)/gm)) {
    known.set(name, String.fromCodePoint(parseInt(hex, 16)));
  }
  return known;
}

/** Names of the keysyms of each key, level by level. */
function symbolsOf(layout: string): Map<string, string[]> {
  const keymap = execFileSync('xkbcli', ['compile-keymap', '--layout', layout], { encoding: 'utf8' });
  const symbols = keymap.slice(keymap.indexOf('xkb_symbols'));
  const keys = new Map<string, string[]>();
  for (const [, key = '', body = ''] of symbols.matchAll(/key <(\w+)>\s*\{([^}]*)\}/g)) {
    const list = /(?:symbols\[Group1\]=|^)\s*\[([^\]]*)\]/m.exec(body)?.[1];
    if (list !== undefined)
      keys.set(
        key,
        list.split(',').map((name) => name.trim()),
      );
  }
  return keys;
}

interface Place {
  readonly key: number;
  readonly level: number;
}

function sourceOf(layout: string, known: ReadonlyMap<string, string>): string {
  const symbols = symbolsOf(layout);
  const wanted = (layouts[layout] ?? '').split(' ').filter((one) => one !== '');
  const preferred = new Map(
    wanted.filter((one) => one.length > 1).map((one) => [one.slice(0, 1), one.slice(2)]),
  );
  const shared = [...new Set(wanted.map((one) => one.slice(0, 1)))];
  const places = new Map<string, Place>();
  const dead: Record<string, string> = {};
  // Where the right Alt is no AltGr, nobody gets at the upper levels.
  const levelCount = symbols.get('RALT')?.[0] === 'ISO_Level3_Shift' ? 4 : 2;
  for (let level = 0; level < levelCount; level++) {
    for (const [key, xkbKey] of xkbKeys.entries()) {
      const name = symbols.get(xkbKey)?.[level] ?? 'NoSymbol';
      const code = characterCodes[key] ?? '';
      if (name.startsWith('dead_')) {
        const mark = name.slice(5);
        if (Object.hasOwn(marks, mark)) dead[mark] ??= `${code} ${level}`;
        continue;
      }
      const unicode = /^U([0-9A-F]{4,5})$/.exec(name)?.[1];
      const character = unicode === undefined ? known.get(name) : String.fromCodePoint(parseInt(unicode, 16));
      if (character === undefined || character === NO_CHARACTER) continue;
      const place = places.get(character);
      // Windows has it with AltGr, whatever else X11 has it on.
      const isWindows = level > 1 && place !== undefined && place.level < 2 && shared.includes(character);
      // Keyboards of some countries do not have that key, although X11 gives it something.
      const isExtra = place !== undefined && characterCodes[place.key] === 'IntlBackslash' && level < 2;
      const isAtCode = place !== undefined && characterCodes[place.key] === code;
      const isPreferred = preferred.get(character) === code && !isAtCode;
      if (place === undefined || isWindows || isExtra || isPreferred) {
        places.set(character, { key, level });
      }
    }
  }
  const levels = [0, 1, 2, 3].map((level) => {
    const row = xkbKeys.map(() => NO_CHARACTER);
    for (const [character, place] of places) if (place.level === level) row[place.key] = character;
    return row.join('').trimEnd();
  });
  while (levels.at(-1) === '') levels.pop();
  const combining = Object.fromEntries(
    Object.entries(dead).map(([mark, place]) => [
      `\\u${(marks[mark] ?? 0).toString(16).padStart(4, '0')}`,
      place,
    ]),
  );
  const deadSource = Object.entries(combining)
    .map(([mark, place]) => `'${mark}': '${place}'`)
    .join(', ');
  return `// Made by tools/keyboard-layouts.ts.
import type { LayoutData } from './character-codes.ts';

export const ${layout}: LayoutData = {
  levels: ${JSON.stringify(levels)},
  dead: { ${deadSource} },
  shared: ${JSON.stringify(shared.join(''))},
};
`;
}

const known = characters();
mkdirSync(folder, { recursive: true });
for (const layout of Object.keys(layouts)) {
  const file = `${folder}${layout}.ts`;
  rmSync(file, { force: true });
  const config = (await resolveConfig(file)) ?? {};
  writeFileSync(file, await format(sourceOf(layout, known), { ...config, parser: 'typescript' }));
}
