import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles the bridge as it ships, into a place of its own, and gives the path of its main file. */
export async function buildBridge(): Promise<string> {
  const outDir = `${ROOT}.tsbuild/bench/bridge`;
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: [/^@spice-viewer\//, /^fflate/, /^@noble\//] },
    build: {
      ssr: 'bridge/cli/main.ts',
      outDir,
      emptyOutDir: true,
      target: 'node20',
      copyPublicDir: false,
    },
  });
  return `${outDir}/main.js`;
}
