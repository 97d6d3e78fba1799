import { querySettingNames } from '../web/app/page-options.ts';
import {
  attributeOf,
  clientSettingNames,
  settingNames,
  settings,
  type Setting,
  type SettingName,
} from '../web/api/settings.ts';

/**
 * The table of settings in words: for docs, for the manifest of custom elements, and as types for the file that ships.
 * `npm run docs:settings` writes them into the repository, tests/docs compares.
 */

function row(name: SettingName): Setting {
  return settings[name];
}

// Types

/** The TypeScript type of a setting's property, with literals spelled out. */
function spelledType(of: Setting): string {
  switch (of.kind) {
    case 'flag':
      return 'boolean';
    case 'number':
      return of.default === undefined ? 'number | undefined' : 'number';
    case 'choice':
      return of.values.map(literal).join(' | ');
    default:
      return 'string';
  }
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** The same, by its name where it has one. */
function propertyType(of: Setting): string {
  return of.kind === 'choice' && of.type !== undefined ? of.type : spelledType(of);
}

/** What SpiceClient takes: lists as such, too. */
function optionType(of: Setting): string {
  return of.kind === 'list' ? 'string | readonly string[]' : propertyType(of);
}

function comment(of: Setting): string {
  const preset = of.kind === 'text' || of.kind === 'list' ? '' : ` Default: ${literal(of.default)}.`;
  return `  /** ${of.doc}${of.default === undefined ? '' : preset} */`;
}

function typeAliases(): string[] {
  return settingNames.flatMap((name) => {
    const of = row(name);
    if ((of.kind !== 'choice' && of.kind !== 'list') || of.type === undefined) return [];
    return `export type ${of.type} = ${(of.values ?? []).map(literal).join(' | ')};`;
  });
}

/** The types of the settings, written out. */
function settingTypes(): string {
  const members = (names: readonly SettingName[], declared: (name: SettingName) => string): string =>
    names.map((name) => `${comment(row(name))}\n  ${declared(name)};`).join('\n');
  return `${typeAliases().join('\n')}

/** The settings of <spice-viewer>: its attributes and properties. */
export interface ViewerSettings {
${members(settingNames, (name) => `${name}: ${propertyType(row(name))}`)}
}

/** The settings that SpiceClient takes. A list may be text or an array. */
export interface ClientSettings {
${members(clientSettingNames, (name) => `readonly ${name}?: ${optionType(row(name))}`)}
}

export type ClientSettingName = keyof ClientSettings;
export type ClientSettingInput<Name extends ClientSettingName> = Required<ClientSettings>[Name];
`;
}

/** web/api/public-types.ts and page-types.ts as one file of declarations that stands alone. */
export function shippedTypes(publicTypes: string, pageTypes: string): string {
  const types = replaced(publicTypes, '// settings:\n', '// :settings\n', `\n${settingTypes()}`, false);
  return types + pageTypes.replace(/^[^]*?from '\.\/public-types\.ts';\n/, '');
}

// Manifest

interface Manifest {
  modules: { declarations: { attributes: unknown; members: { name: string }[] }[] }[];
}

/** custom-elements.json with the attributes and fields of the settings; other members stay as they are. */
export function manifestText(before: string): string {
  const manifest = JSON.parse(before) as Manifest;
  for (const { declarations } of manifest.modules) {
    for (const declaration of declarations) {
      declaration.attributes = settingNames.map((name) => ({
        name: attributeOf(name),
        fieldName: name,
        ...manifestEntry(name),
      }));
      const others = declaration.members.filter((member) => !Object.hasOwn(settings, member.name));
      const fields = settingNames.map((name) => ({
        kind: 'field',
        name,
        attribute: attributeOf(name),
        ...(row(name).reflect === true ? { reflects: true } : {}),
        ...manifestEntry(name),
      }));
      declaration.members = [...fields, ...others];
    }
  }
  return JSON.stringify(manifest, undefined, 2);
}

function manifestEntry(name: SettingName): object {
  const of = row(name);
  return {
    type: { text: spelledType(of) },
    ...(of.default === undefined ? {} : { default: literal(of.default) }),
    description: of.doc,
  };
}

// Docs

function code(text: unknown): string {
  return `\`${String(text)}\``;
}

/** What a setting may be, as a cell of a table. */
function valuesCell(of: Setting): string {
  switch (of.kind) {
    case 'flag':
      return of.default ? `on by default; ${code('off')} turns it off` : 'off by default';
    case 'choice':
      return of.values
        .map((value) => (value === of.default ? `${code(value)} (default)` : code(value)))
        .join(', ');
    case 'number':
      return of.default === undefined
        ? `${of.least} to ${of.most}`
        : `${of.least} to ${of.most}; ${of.default} by default`;
    case 'list':
      return of.values === undefined ? 'names' : `of ${of.values.map(code).join(', ')}`;
    default:
      return 'text';
  }
}

function docCell(of: Setting): string {
  return of.when === 'connect' ? `${of.doc} Counts from the next session on.` : of.doc;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function inAddress(name: SettingName): string {
  const attribute = attributeOf(name);
  const of = row(name);
  switch (of.kind) {
    case 'flag':
      return code(`${attribute}=${of.default ? 0 : 1}`);
    case 'choice':
      return code(`${attribute}=${of.values.join('|')}`);
    case 'number':
      return code(`${attribute}=N`);
    case 'list':
      return code(`${attribute}=${(of.values ?? []).slice(0, 2).join(',')}`);
    default:
      return code(`${attribute}=…`);
  }
}

/** The marked sections: `<!-- settings:NAME -->` to `<!-- /settings:NAME -->`. */
const sections: Readonly<Record<string, () => string>> = {
  attributes: () =>
    table(
      ['attribute', 'property', 'values', 'what'],
      settingNames.map((name) => [
        code(attributeOf(name)),
        code(name),
        valuesCell(row(name)),
        docCell(row(name)),
      ]),
    ),
  client: () =>
    table(
      ['option', 'values', 'what'],
      clientSettingNames.map((name) => [code(name), valuesCell(row(name)), docCell(row(name))]),
    ),
  address: () => `${querySettingNames.map(inAddress).join(', ')}.`,
};

/** Which documents have which section. */
export const documents: readonly { readonly path: string; readonly section: string }[] = [
  { path: 'docs/element.md', section: 'attributes' },
  { path: 'docs/spice-client.md', section: 'client' },
  { path: 'README.md', section: 'address' },
];

/** A document with its section as the table has it now. */
export function documentText(before: string, section: string): string {
  const write = sections[section];
  if (write === undefined) throw new RangeError(`There is no section ${section} of the settings.`);
  return replaced(
    before,
    `<!-- settings:${section} -->\n`,
    `<!-- /settings:${section} -->\n`,
    `\n${write()}\n\n`,
    true,
  );
}

function replaced(text: string, from: string, to: string, by: string, keepsMarks: boolean): string {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start);
  if (start < 0 || end < 0) throw new RangeError(`There is no place marked ${from.trim()} … ${to.trim()}.`);
  const before = text.slice(0, keepsMarks ? start + from.length : start);
  return before + by + text.slice(keepsMarks ? end : end + to.length);
}
