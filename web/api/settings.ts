import { MAX_CLIPBOARD_SIZE } from '@spice-viewer/shared-protocol/agent/agent-transport.ts';

/**
 * Every setting of the viewer, a row each. From here come the attributes and properties of <spice-viewer>, the options of
 * SpiceClient and its `update`, what the page's address may say, custom-elements.json, the types' file and the tables in
 * docs/. A new setting is its row, and its effect where it reaches (CONTRIBUTING.md).
 */

/** Who acts on a setting: the element's view, the client on the main thread, a worker, or the guest's agent. */
export type SettingReach = 'view' | 'client' | 'session' | 'display' | 'agent';

interface Details {
  readonly reach: SettingReach;
  /** `connect`: counts from the next session on; `live`: at once */
  readonly when: 'connect' | 'live';
  /** the page's address may set it, by the attribute's name */
  readonly query?: boolean;
  /** the property shows as the attribute */
  readonly reflect?: boolean;
  /** a sentence or two for the reference and the types, without the name and the default */
  readonly doc: string;
}

export interface FlagSetting extends Details {
  readonly kind: 'flag';
  /** what is on by default is switched off by the attribute's value `off` */
  readonly default: boolean;
}

export interface TextSetting extends Details {
  readonly kind: 'text';
  readonly default: string;
}

export interface NumberSetting<Default extends number | undefined = number | undefined> extends Details {
  readonly kind: 'number';
  readonly default: Default;
  readonly least: number;
  readonly most: number;
}

export interface ChoiceSetting<Value extends string | number = string | number> extends Details {
  readonly kind: 'choice';
  readonly values: readonly Value[];
  readonly default: Value;
  /** the name that the choice has in the public types, for texts */
  readonly type?: string;
}

/** Names, separated by commas or spaces where they are text; those that are none are left out. */
export interface ListSetting<Name extends string = string> extends Details {
  readonly kind: 'list';
  /** undefined: any */
  readonly values: readonly Name[] | undefined;
  readonly default: string;
  readonly type?: string;
}

export type Setting = FlagSetting | TextSetting | NumberSetting | ChoiceSetting | ListSetting;

// Each row keeps the exact type of its details: what reaches where is known to the compiler.

function flag<const D extends Details>(isOn: boolean, details: D): FlagSetting & D {
  return { kind: 'flag', default: isOn, ...details };
}

function text<const D extends Details>(details: D): TextSetting & D {
  return { kind: 'text', default: '', ...details };
}

function number<const D extends Details, const Default extends number | undefined>(
  [least, most]: readonly [number, number],
  preset: Default,
  details: D,
): NumberSetting<Default extends undefined ? number | undefined : number> & D {
  return { kind: 'number', least, most, default: preset as never, ...details };
}

function choice<const D extends Details & { type?: string }, const Value extends string | number>(
  values: readonly Value[],
  preset: NoInfer<Value>,
  details: D,
): ChoiceSetting<Value> & D {
  return { kind: 'choice', values, default: preset, ...details };
}

function list<const D extends Details & { type?: string }, const Name extends string>(
  values: readonly Name[] | undefined,
  details: D,
): ListSetting<Name> & D {
  return { kind: 'list', values, default: '', ...details };
}

export const settings = {
  url: text({
    reach: 'view',
    when: 'connect',
    doc: 'Where the bridge offers the desktop: `wss://…`, `https://…` or relative to the page.',
  }),
  scale: choice(['fit', 'real', 'full'], 'fit', {
    type: 'ScaleMode',
    reach: 'view',
    when: 'live',
    query: true,
    reflect: true,
    doc: "`fit` keeps the guest's shape, `real` is one CSS pixel for each of the guest's, `full` fills the element.",
  }),
  viewOnly: flag(false, {
    reach: 'view',
    when: 'live',
    query: true,
    reflect: true,
    doc: 'Shows, but sends no input.',
  }),
  clipViewport: flag(false, {
    reach: 'view',
    when: 'live',
    query: true,
    reflect: true,
    doc: 'With `real`: what does not fit is cut, without scroll bars; the picture moves while the pointer is at an edge.',
  }),
  resizeSession: flag(false, {
    reach: 'view',
    when: 'live',
    query: true,
    reflect: true,
    doc: "The guest follows the element's size in device pixels, where its agent can; it is scaled otherwise. With several displays each follows the view that shows it alone.",
  }),
  clipboard: choice(['off', 'in', 'out', 'both'], 'both', {
    type: 'ClipboardMode',
    reach: 'client',
    when: 'live',
    doc: 'Which way the clipboard is shared: `both`, `in` into the guest, `out` of it, `off`.',
  }),
  primarySelection: flag(false, {
    reach: 'agent',
    when: 'live',
    reflect: true,
    doc: "The guest's PRIMARY selection is shared too: what is selected there counts as copied, and its middle button pastes the browser's clipboard.",
  }),
  clipboardLimit: number([0, MAX_CLIPBOARD_SIZE], MAX_CLIPBOARD_SIZE, {
    reach: 'agent',
    when: 'live',
    doc: 'Bytes that may be copied, either way; at most 64 MB.',
  }),
  keyboardLayout: choice(
    [
      'us',
      'gb',
      'de',
      'fr',
      'es',
      'it',
      'pt',
      'se',
      'no',
      'dk',
      'fi',
      'ch',
      'be',
      'pl',
      'cz',
      'ru',
      'tr',
      'jp',
      'none',
    ],
    'us',
    {
      type: 'KeyboardLayout',
      reach: 'client',
      when: 'live',
      query: true,
      doc: "The guest's keyboard, on which `typeText` and input methods type; `none` pastes everything.",
    },
  ),
  disableEffects: list(['wallpaper', 'font-smooth', 'animation', 'all'], {
    type: 'EffectName',
    reach: 'agent',
    when: 'live',
    query: true,
    doc: 'What the guest is to do without on slow links; sent where the agent can switch it (Windows agents; `capabilities.effects`).',
  }),
  colorDepth: choice([0, 16, 32], 0, {
    reach: 'agent',
    when: 'live',
    query: true,
    doc: 'Bits a pixel, asked of the same agents; 0 leaves it to the guest.',
  }),
  disableChannels: list(undefined, {
    reach: 'session',
    when: 'connect',
    doc: 'Names of channels not to open, e.g. `cursor`.',
  }),
  compression: choice(['auto', 'off', 'lz', 'glz', 'quic', 'lz4'], 'auto', {
    type: 'ImageCompression',
    reach: 'display',
    when: 'live',
    query: true,
    doc: "How the server is asked to compress pictures; `auto` is the server's own choice.",
  }),
  videoCodecs: list(['mjpeg', 'vp8', 'h264', 'vp9', 'h265'], {
    type: 'VideoCodec',
    reach: 'display',
    when: 'live',
    query: true,
    doc: 'Video codecs to ask the server for, best first; empty leaves it to the server.',
  }),
  videoDecoder: choice(['auto', 'hardware', 'software'], 'auto', {
    type: 'VideoDecoderChoice',
    reach: 'display',
    when: 'live',
    query: true,
    doc: 'Which decoders video may use; `auto` takes hardware where there is some, and software when it fails.',
  }),
  stats: flag(false, {
    reach: 'view',
    when: 'live',
    query: true,
    reflect: true,
    doc: 'Numbers and a plot over the picture.',
  }),
  display: number([0, 255], undefined, {
    reach: 'view',
    when: 'live',
    query: true,
    doc: 'The one display to show; all when absent.',
  }),
  toolbar: choice(['auto', 'none'], 'auto', {
    reach: 'view',
    when: 'live',
    reflect: true,
    doc: 'Whether there is a toolbar.',
  }),
  audio: flag(true, {
    reach: 'client',
    when: 'live',
    query: true,
    doc: 'Whether the guest is heard; while it is not, the channel is not opened.',
  }),
  microphone: flag(false, {
    reach: 'client',
    when: 'live',
    reflect: true,
    doc: "Whether the guest may record from the user's microphone; becomes false when the browser or the user refuses.",
  }),
  reconnect: flag(false, {
    reach: 'client',
    when: 'live',
    reflect: true,
    doc: 'A session that the network or a bridge breaks is opened anew, first after half a second, in the end every 30, twelve times.',
  }),
  keyboardLock: flag(false, {
    reach: 'view',
    when: 'live',
    query: true,
    reflect: true,
    doc: 'In fullscreen, keys such as Escape and Alt+Tab go to the guest where the browser can (Chromium).',
  }),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;
type ValueOf<Row> = Row extends { kind: 'flag' }
  ? boolean
  : Row extends { kind: 'choice'; values: readonly (infer Value)[] }
    ? Value
    : Row extends { kind: 'number'; default: infer Default }
      ? Default
      : string;

/** A setting's value as the element's property has it; lists are text there. */
export type SettingValue<Name extends SettingName> = ValueOf<(typeof settings)[Name]>;
export type SettingValues = { -readonly [Name in SettingName]: SettingValue<Name> };

export type SettingOf<Reach extends SettingReach> = {
  [Name in SettingName]: (typeof settings)[Name]['reach'] extends Reach ? Name : never;
}[SettingName];

/** What SpiceClient takes: all but what only a view acts on. */
export type ClientSettingName = SettingOf<Exclude<SettingReach, 'view'>>;
/** A list may be given as such. */
export type ClientSettingInput<Name extends ClientSettingName> = (typeof settings)[Name] extends {
  kind: 'list';
}
  ? string | readonly string[]
  : SettingValue<Name>;
export type ClientSettings = { [Name in ClientSettingName]: SettingValue<Name> };
/** What a client may be given: a list may be text or an array. */
export type ClientSettingInputs = { readonly [Name in ClientSettingName]?: ClientSettingInput<Name> };

export type ScaleMode = SettingValue<'scale'>;
export type ClipboardMode = SettingValue<'clipboard'>;
export type KeyboardLayout = SettingValue<'keyboardLayout'>;
export type ImageCompression = SettingValue<'compression'>;
export type VideoDecoderChoice = SettingValue<'videoDecoder'>;
type NameOf<Row> = Row extends ListSetting<infer Name> ? Name : never;
export type VideoCodec = NameOf<(typeof settings)['videoCodecs']>;
export type EffectName = NameOf<(typeof settings)['disableEffects']>;
/** What an agent can switch off. */
export type DesktopEffect = Exclude<EffectName, 'all'>;

export const settingNames = Object.keys(settings) as SettingName[];

/** Those that SpiceClient takes. */
export const clientSettingNames = settingNames.filter(
  (name) => settings[name].reach !== 'view',
) as ClientSettingName[];

/** The setting's name as attribute and in the page's address: `view-only`. */
export function attributeOf(name: SettingName): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const offWords: readonly string[] = ['off', 'false', '0'];

/** Whether a text switches something on; null leaves it as it is by default. */
export function isOn(given: string | null, preset: boolean): boolean {
  return given === null ? preset : !offWords.includes(given);
}

/** The value that an attribute or the page's address says; null, or what makes no sense, is the default. */
export function settingFromText<Name extends SettingName>(
  name: Name,
  given: string | null,
): SettingValue<Name> {
  return parsed(settings[name], given) as SettingValue<Name>;
}

function parsed(row: Setting, given: string | null): Setting['default'] {
  if (given === null) return row.default;
  switch (row.kind) {
    case 'flag':
      return isOn(given, row.default);
    case 'choice':
      return row.values.find((value) => String(value) === given) ?? row.default;
    case 'number':
      return given.trim() === '' ? row.default : bounded(row, Number(given));
    default:
      return given;
  }
}

function bounded({ least, most, default: preset }: NumberSetting, given: number): number | undefined {
  const nearest = Math.max(least, Math.min(most, given));
  // Without a default it is the name of something, and nothing is near a name.
  if (preset === undefined) return Number.isInteger(given) && nearest === given ? given : preset;
  return Number.isNaN(given) ? preset : nearest;
}

/**
 * A value that came from a program, as its setting can take it: what makes no sense is the default. Text is taken as an
 * attribute's, since frameworks set properties to what a template says.
 */
export function validSetting<Name extends SettingName>(name: Name, given: unknown): SettingValue<Name> {
  return valid(settings[name], given) as SettingValue<Name>;
}

function valid(row: Setting, given: unknown): Setting['default'] {
  if (given === undefined || given === null) return row.default;
  if (typeof given === 'string') return parsed(row, given);
  switch (row.kind) {
    case 'flag':
      return Boolean(given);
    case 'choice':
      return row.values.find((value) => value === given) ?? row.default;
    case 'number':
      return typeof given === 'number' ? bounded(row, given) : row.default;
    case 'list':
      return Array.isArray(given) ? given.join(' ') : String(given);
    default:
      return String(given);
  }
}

/** The names of a list setting's text, in their order, each once; those that the setting does not know are left out. */
export function listed<Name extends string>(row: ListSetting<Name>, given: string): Name[] {
  const names = given
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
  const known =
    row.values === undefined
      ? (names as Name[])
      : names.flatMap((name) => row.values?.find((one) => one === name) ?? []);
  return [...new Set(known)];
}
