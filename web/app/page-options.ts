import {
  attributeOf,
  isOn,
  settingFromText,
  settingNames,
  settings,
  type Setting,
  type SettingName,
  type SettingValues,
} from '../api/settings.ts';

/** What the page's address asks for. */
export interface PageOptions {
  readonly target: string | undefined;
  /** without it the page waits for a press on its button */
  readonly autoconnect: boolean;
  /** no frame around the viewer */
  readonly embed: boolean;
  /** of the viewer: those that the address names, and may */
  readonly settings: Partial<SettingValues>;
  /** from the fragment, never from the query: queries end up in logs */
  readonly token: string | undefined;
  readonly password: string | undefined;
}

/** The settings that the address may name. */
export const querySettingNames: readonly SettingName[] = settingNames.filter(
  (name) => (settings[name] as Setting).query === true,
);

const secretNames: readonly string[] = ['token', 'password'];

export function readPageOptions(search: string, hash: string): PageOptions {
  const query = new URLSearchParams(search);
  const named = querySettingNames.filter((name) => query.has(attributeOf(name)));
  return {
    target: query.get('target') ?? undefined,
    autoconnect: isOn(query.get('autoconnect'), true),
    embed: isOn(query.get('embed'), false),
    settings: Object.fromEntries(
      named.map((name) => [name, settingFromText(name, query.get(attributeOf(name)))]),
    ),
    token: secretOf(hash, 'token'),
    password: secretOf(hash, 'password'),
  };
}

/** The fragment without its secrets, which are to be read once and then be gone from the address bar. */
export function withoutSecrets(hash: string): string {
  const parts = partsOf(hash);
  const rest = parts.filter(({ name }) => !secretNames.includes(name));
  if (rest.length === parts.length) return hash;
  return rest.length === 0 ? '' : `#${rest.map(({ text }) => text).join('&')}`;
}

interface Part {
  /** as it stands in the fragment */
  readonly text: string;
  readonly name: string;
  readonly value: string;
}

/** Not as a form's: `+` is itself, and so is every `=` but the first; secrets have both. */
function partsOf(hash: string): Part[] {
  return hash
    .replace(/^#/, '')
    .split('&')
    .map((text) => {
      const end = text.indexOf('=');
      return end < 0
        ? { text, name: text, value: '' }
        : { text, name: text.slice(0, end), value: text.slice(end + 1) };
    });
}

function secretOf(hash: string, wanted: string): string | undefined {
  const value = partsOf(hash).find(({ name }) => name === wanted)?.value;
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    // A lone percent sign: the user meant what stands there.
    return value;
  }
}
