import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { settingsFiles } from '../../tools/settings-files.ts';
import { documentText, shippedTypes } from '../../tools/settings-text.ts';
import { attributeOf, clientSettingNames, settingNames } from '../../web/api/settings.ts';
import { querySettingNames } from '../../web/app/page-options.ts';
import manifest from '../../web/element/custom-elements.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

const files = await settingsFiles(read);

describe('what comes from the table of settings', () => {
  it.each(files.map(({ path, text }) => [path, text] as const))(
    '%s is as `npm run docs:settings` writes it',
    async (path, text) => {
      expect(await read(path)).toBe(text);
    },
  );

  it('names every setting where it belongs', async () => {
    const [element, client, readme] = await Promise.all(
      ['docs/element.md', 'docs/spice-client.md', 'README.md'].map(read),
    );
    for (const name of settingNames) {
      expect(element).toContain(`| \`${attributeOf(name)}\``);
      expect(element).toContain(`| \`${name}\``);
    }
    for (const name of clientSettingNames) expect(client).toContain(`| \`${name}\``);
    for (const name of querySettingNames) expect(readme).toContain(`\`${attributeOf(name)}=`);
    const declared = manifest.modules[0]?.declarations[0];
    expect(declared?.attributes.map(({ name }) => name)).toEqual(settingNames.map(attributeOf));
    const members = declared?.members.map(({ name }) => name);
    expect(members).toEqual(expect.arrayContaining([...settingNames]));
  });

  it('leaves by hand what stands around a section, and refuses a document without one', () => {
    const text = documentText('a\n<!-- settings:client -->\nold\n<!-- /settings:client -->\nb\n', 'client');
    expect(text).toMatch(/^a\n<!-- settings:client -->\n\n\| option/);
    expect(text).toMatch(/<!-- \/settings:client -->\nb\n$/);
    expect(text).not.toContain('old');
    expect(() => documentText('a', 'client')).toThrow(RangeError);
  });
});

function sameTypes(source: string): string {
  return `
import type * as shipped from './spice-viewer.d.ts';
import type * as source from '${source}';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** \`-readonly\` and one level of properties: interfaces and mapped types count as the same. */
type Flat<T> = { [K in keyof T]: T[K] };

export const settings: Same<Flat<shipped.ViewerSettings>, Flat<source.ViewerSettings>> = true;
export const ofClient: Same<Flat<shipped.ClientSettings>, Flat<source.ClientSettings>> = true;
export const names: Same<shipped.ClientSettingName, source.ClientSettingName> = true;
export const aliases: Same<
  [shipped.ScaleMode, shipped.ClipboardMode, shipped.KeyboardLayout, shipped.ImageCompression, shipped.VideoCodec],
  [source.ScaleMode, source.ClipboardMode, source.KeyboardLayout, source.ImageCompression, source.VideoCodec]
> = true;
export const others: Same<
  [shipped.VideoDecoderChoice, shipped.EffectName],
  [source.VideoDecoderChoice, source.EffectName]
> = true;

export const updates: Same<
  [shipped.ClientSettingInput<'videoCodecs'>, shipped.ClientSettingInput<'audio'>],
  [source.ClientSettingInput<'videoCodecs'>, source.ClientSettingInput<'audio'>]
> = true;

export function use(viewer: shipped.SpiceViewerElement): shipped.SpiceClientOptions {
  viewer.scale = 'real';
  viewer.display = undefined;
  // @ts-expect-error it has no such value
  viewer.scale = 'huge';
  return { source: viewer.url, videoCodecs: ['vp8'], clipboard: viewer.clipboard };
}
`;
}

describe('the types that ship', () => {
  it('stand alone, and say of the settings what the source says', async () => {
    const types = shippedTypes(await read('web/api/public-types.ts'), await read('web/api/page-types.ts'));
    expect(types).not.toMatch(/^import |from '/m);
    const folder = await mkdtemp(join(tmpdir(), 'spice-types-'));
    try {
      await writeFile(join(folder, 'spice-viewer.d.ts'), types);
      await writeFile(join(folder, 'use.ts'), sameTypes(join(root, 'web/api/public-types.ts')));
      const options = {
        strict: true,
        noEmit: true,
        // The file that ships is checked too.
        skipLibCheck: false,
        target: 'ES2023',
        module: 'ESNext',
        moduleResolution: 'bundler',
        allowImportingTsExtensions: true,
        lib: ['ES2023', 'DOM', 'DOM.Iterable'],
        types: [],
        paths: { '@spice-viewer/shared-protocol/*': [join(root, 'shared-protocol/*')] },
      };
      await writeFile(
        join(folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: options, files: ['use.ts'] }),
      );
      const checked = promisify(execFile)(process.execPath, [
        join(root, 'node_modules/typescript/bin/tsc'),
        '-p',
        folder,
      ]);
      await expect(
        checked.then(
          () => '',
          (error: { stdout: string }) => error.stdout,
        ),
      ).resolves.toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
