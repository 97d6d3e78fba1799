import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, mergeConfig, type InlineConfig } from 'vite';
import { shippedTypes } from '../settings-text.ts';
import { fileUrls, ownUrls, WORKER_FILES } from './file-urls.ts';

const LICENCE = '/*! spice-viewer, MIT licence */';

/** Where things are, and what every bundle has in common. */
export interface BuildPlace {
  readonly root: string;
  readonly dist: string;
  readonly common: InlineConfig;
}

function bundleOptions(
  { common, dist }: BuildPlace,
  input: Readonly<Record<string, string>>,
  output: object,
): InlineConfig {
  return mergeConfig(common, {
    plugins: [fileUrls()],
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
      modulePreload: false,
      // A library's dynamic imports stay as they are, without Vite's own loader.
      lib: { entry: input, formats: ['es'] },
      rolldownOptions: {
        preserveEntrySignatures: 'strict',
        output: { minify: true, postBanner: LICENCE, ...output },
      },
    },
  } satisfies InlineConfig);
}

/**
 * The page's modules. What two of them share is in chunks of their own, so that no chunk imports an entry: pages that
 * load an entry with a query would have it twice.
 */
async function buildModules(place: BuildPlace): Promise<void> {
  const web = (file: string): string => join(place.root, 'web', file);
  await build(
    bundleOptions(
      place,
      {
        'spice-viewer': web('element/index.ts'),
        'spice-client': web('client/index.ts'),
        app: web('app/spice-viewer-app.ts'),
      },
      {
        entryFileNames: '[name].js',
        // Beside the workers, whose URLs are in it: bundlers that leave URLs alone then leave them right.
        chunkFileNames: ({ name, moduleIds }: { name: string; moduleIds: readonly string[] }) => {
          if (name.startsWith('spice-')) return `${name}.js`;
          const isLayout = moduleIds.some((id) => id.includes('/web/common/layouts/'));
          return `chunks/${isLayout ? 'layout-' : ''}${name}.js`;
        },
        codeSplitting: {
          groups: [
            {
              name: 'spice-lit',
              test: /node_modules\/(?:lit|lit-html|lit-element|@lit\/reactive-element)\//,
            },
            { name: 'spice-core', minShareCount: 2 },
          ],
        },
      },
    ),
  );
}

/** A worker's or worklet's file holds all that it needs: another file would be another round trip. */
async function buildWorkers(place: BuildPlace): Promise<void> {
  for (const [source, file] of Object.entries(WORKER_FILES)) {
    const name = file.replace(/\.js$/, '');
    const input = { [name]: join(place.root, 'web', source) };
    await build(bundleOptions(place, input, { entryFileNames: '[name].js', codeSplitting: false }));
  }
}

/** Bundles an entry to one script whose exports are in the variable `name`. */
async function bundleScript({ root, common }: BuildPlace, entry: string, name: string): Promise<string> {
  const result = await build(
    mergeConfig(common, {
      plugins: [ownUrls()],
      define: { 'import.meta.url': 'moduleUrl' },
      build: {
        write: false,
        target: 'es2022',
        minify: true,
        lib: { entry: join(root, 'web', entry), formats: ['iife'], name },
      },
    } satisfies InlineConfig),
  );
  const outputs = Array.isArray(result) ? result : [result];
  const chunk = outputs
    .flatMap((one) => ('output' in one ? one.output : []))
    .find((one) => one.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error(`${entry} gave no script`);
  return chunk.code;
}

/** All in one file. A worker needs neither Lit nor a document, a page no decoders: each runs its own part of it. */
async function buildSingle(place: BuildPlace): Promise<void> {
  const [worker, worklet, element] = await Promise.all([
    bundleScript(place, 'workers/single-entry.ts', 'spiceViewerWorker'),
    bundleScript(place, 'worklets/worklet-entry.ts', 'spiceViewerWorklet'),
    bundleScript(place, 'element/index.ts', 'spiceViewerElement'),
  ]);
  const source = `${LICENCE}
const moduleUrl = import.meta.url;
const inWorker = typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope;
const inWorklet = typeof AudioWorkletGlobalScope !== 'undefined' && globalThis instanceof AudioWorkletGlobalScope;
const runWorklet = () => { ${worklet}
return {}; };
const runWorker = () => { ${worker}
return {}; };
const runElement = () => { ${element}
return spiceViewerElement; };
export const { SpiceViewer, SpiceClient } = inWorklet ? runWorklet() : inWorker ? runWorker() : runElement();
`;
  await writeFile(join(place.dist, 'spice-viewer.single.js'), source);
}

/** The public types, as files of declarations that stand alone, and the custom-elements manifest. */
async function writeTypes({ root, dist }: BuildPlace): Promise<void> {
  const types = shippedTypes(
    await readFile(join(root, 'web/api/public-types.ts'), 'utf8'),
    await readFile(join(root, 'web/api/page-types.ts'), 'utf8'),
  );
  const client = `
export declare const SpiceClient: { new (options: SpiceClientOptions): SpiceClientInterface };
`;
  const element = `
export declare const SpiceViewer: { new (): SpiceViewerElement };

declare global {
  interface HTMLElementTagNameMap {
    'spice-viewer': SpiceViewerElement;
  }
}
`;
  await writeFile(join(dist, 'spice-client.d.ts'), types + client);
  await writeFile(join(dist, 'spice-viewer.d.ts'), types + client + element);
  await writeFile(join(dist, 'spice-viewer.single.d.ts'), types + client + element);
  await cp(join(root, 'web/element/custom-elements.json'), join(dist, 'custom-elements.json'));
}

/** The page stands alone too: dist/app has copies of what it loads. */
async function buildApp({ root, dist }: BuildPlace): Promise<void> {
  const app = join(dist, 'app');
  await mkdir(app, { recursive: true });
  await rename(join(dist, 'app.js'), join(app, 'app.js'));
  await cp(join(root, 'web/app/index.html'), join(app, 'index.html'));
  await cp(join(root, 'public'), app, { recursive: true });
  for (const name of [
    'spice-viewer.js',
    'spice-core.js',
    'spice-lit.js',
    'chunks',
    ...Object.values(WORKER_FILES),
  ]) {
    await cp(join(dist, name), join(app, name), { recursive: true });
  }
}

export async function buildViewer(place: BuildPlace): Promise<void> {
  await Promise.all([buildModules(place), buildWorkers(place), buildSingle(place), writeTypes(place)]);
  await buildApp(place);
}
