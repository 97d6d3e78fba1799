import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { shippedTypes } from './settings-text.ts';

/**
 * dist/spice-viewer.js   the element and, loaded as a worker or an audio worklet, those too: one file
 * dist/spice-viewer.d.ts, dist/custom-elements.json
 * dist/app/              the page, with a copy of it
 * dist/bridge/main.js    the bridge
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

const common: InlineConfig = {
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** Bundles an entry to one script whose exports are in the variable `name`. */
async function bundleScript(entry: string, name: string): Promise<string> {
  const result = await build({
    ...common,
    define: { ...common.define, workerEntry: '""', 'import.meta.url': 'moduleUrl' },
    build: {
      write: false,
      target: 'es2022',
      minify: true,
      lib: { entry: join(root, entry), formats: ['iife'], name },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunk = outputs
    .flatMap((one) => ('output' in one ? one.output : []))
    .find((one) => one.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error(`${entry} gave no script`);
  return chunk.code;
}

async function buildElement(): Promise<void> {
  const [worker, worklet, element] = await Promise.all([
    bundleScript('web/workers/entry.ts', 'spiceViewerWorker'),
    bundleScript('web/worklets/worklet-entry.ts', 'spiceViewerWorklet'),
    bundleScript('web/element/index.ts', 'spiceViewerElement'),
  ]);
  // A worker needs neither Lit nor a document, a page no decoders: each runs its own part of the file.
  const source = `/*! spice-viewer, MIT licence */
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
  await writeFile(join(dist, 'spice-viewer.js'), source);
}

/** The public types, as a file of declarations that stands alone, and the custom-elements manifest. */
async function writeTypes(): Promise<void> {
  const types = shippedTypes(
    await readFile(join(root, 'web/api/public-types.ts'), 'utf8'),
    await readFile(join(root, 'web/api/page-types.ts'), 'utf8'),
  );
  const values = `
export declare const SpiceViewer: { new (): SpiceViewerElement };
export declare const SpiceClient: { new (options: SpiceClientOptions): SpiceClientInterface };

declare global {
  interface HTMLElementTagNameMap {
    'spice-viewer': SpiceViewerElement;
  }
}
`;
  await writeFile(join(dist, 'spice-viewer.d.ts'), types + values);
  await cp(join(root, 'web/element/custom-elements.json'), join(dist, 'custom-elements.json'));
}

async function buildApp(): Promise<void> {
  const app = join(dist, 'app');
  await mkdir(app, { recursive: true });
  await writeFile(join(app, 'app.js'), await bundleScript('web/app/spice-viewer-app.ts', 'spiceViewerApp'));
  await cp(join(root, 'web/app/index.html'), join(app, 'index.html'));
  await cp(join(root, 'public'), app, { recursive: true });
  await cp(join(dist, 'spice-viewer.js'), join(app, 'spice-viewer.js'));
}

async function buildBridge(): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'bridge/package.json'), 'utf8')) as {
    version: string;
  };
  await build({
    ...common,
    define: { ...common.define, __BRIDGE_VERSION__: JSON.stringify(version) },
    ssr: { noExternal: [/^@spice-viewer\//, /^fflate/, /^@noble\//] },
    build: {
      ssr: join(root, 'bridge/cli/main.ts'),
      outDir: join(dist, 'bridge'),
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'main.js', chunkFileNames: '[name].js' } },
    },
  });
  const clip = join(root, 'bridge/demo/clip');
  for (const name of ['clip.ivf', 'clip.mjpeg']) await cp(join(clip, name), join(dist, 'bridge/clip', name));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([buildElement().then(buildApp), buildBridge(), writeTypes()]);
