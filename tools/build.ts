import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { buildViewer } from './build/viewer-files.ts';

/**
 * dist/spice-viewer.js, dist/spice-client.js   the element; the client without it. What they load when it is needed:
 *   dist/chunks/, dist/spice-*-worker.js, dist/spice-worklet.js
 * dist/spice-viewer.single.js                  all of that in one file
 * dist/*.d.ts, dist/custom-elements.json
 * dist/app/                                    the page, with copies of what it loads
 * dist/bridge/main.js                          the bridge
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

async function buildBridge(): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'bridge/package.json'), 'utf8')) as {
    version: string;
  };
  await build({
    ...common,
    define: { ...common.define, __BRIDGE_VERSION__: JSON.stringify(version) },
    // dist/ stands alone: nothing but Node's own modules is left to be found.
    ssr: { noExternal: true },
    build: {
      ssr: join(root, 'bridge/cli/main.ts'),
      outDir: join(dist, 'bridge'),
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'main.js', chunkFileNames: '[name].js' } },
    },
  });
  // Whoever copies the folder alone has no package.json above it that says what the files are.
  await writeFile(join(dist, 'bridge/package.json'), JSON.stringify({ type: 'module', version }));
  const clip = join(root, 'bridge/demo/clip');
  for (const name of ['clip.ivf', 'clip.mjpeg']) await cp(join(clip, name), join(dist, 'bridge/clip', name));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([buildViewer({ root, dist, common }), buildBridge()]);
