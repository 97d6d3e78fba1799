import { posix } from 'node:path';
import type { Plugin } from 'vite';

/** Each worker's and worklet's source in web/ and its file in dist/. */
export const WORKER_FILES = {
  'workers/session-entry.ts': 'spice-session-worker.js',
  'workers/display-entry.ts': 'spice-display-worker.js',
  'workers/decode-entry.ts': 'spice-decode-worker.js',
  'worklets/worklet-entry.ts': 'spice-worklet.js',
} as const;

type WorkerSource = keyof typeof WORKER_FILES;

/** In the source: `new URL('../workers/x-entry.ts', import.meta.url)`, or the name alone. */
const SOURCE_URL = /new URL\(\s*'[./]+\/(work(?:er|let)s\/[a-z-]+\.ts)',\s*import\.meta\.url,?\s*\)/g;
const SOURCE_NAME = /'\.[./]+\/(work(?:er|let)s\/[a-z-]+-entry\.ts)'/g;
/** Between them and the result these stand for files, so that neither Vite nor the minifier does anything to them. */
const BUNDLED_URL = /spiceFileUrl\([`"']([^`"']+)[`"']\)/g;
const BUNDLED_NAME = /spiceFileName\([`"']([^`"']+)[`"']\)/g;
/** The minifier writes strings as templates; bundlers want these as plain literals. */
const TEMPLATE_OPTIONS = /\{type:`module`,name:`([a-z-]+)`\}/g;
const TEMPLATE_IMPORT = /\bimport\(`([^`$]+)`\)/g;

function fileOf(source: string): string {
  const file = WORKER_FILES[source as WorkerSource];
  if (file === undefined) throw new Error(`${source} is no worker or worklet that the build knows`);
  return file;
}

/**
 * Turns the URLs of sources into those of the files in dist, written as bundlers know it:
 * `new Worker(new URL("./spice-display-worker.js",import.meta.url),{type:"module",name:"spice-display"})`.
 */
export function fileUrls(): Plugin {
  return {
    name: 'spice-file-urls',
    enforce: 'pre',
    transform: {
      filter: { id: /\/web\/.*\.ts$/ },
      handler: (code) => {
        const found = code
          .replace(SOURCE_URL, (_, source: string) => `spiceFileUrl("${fileOf(source)}")`)
          .replace(SOURCE_NAME, (_, source: string) => `spiceFileName("${fileOf(source)}")`);
        return found === code ? null : { code: found, map: null };
      },
    },
    generateBundle: (_, bundle) => {
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        const toRoot = posix.relative(posix.dirname(output.fileName), '.') || '.';
        output.code = output.code
          .replace(BUNDLED_URL, (_, file: string) => `new URL("${toRoot}/${file}",import.meta.url)`)
          .replace(BUNDLED_NAME, (_, file: string) => `"${toRoot}/${file}"`)
          .replace(TEMPLATE_OPTIONS, '{type:"module",name:"$1"}')
          .replace(TEMPLATE_IMPORT, 'import("$1")');
      }
    },
  };
}

/** For the file that is all of them itself: its own URL, which it has in `moduleUrl`. */
export function ownUrls(): Plugin {
  return {
    name: 'spice-own-urls',
    enforce: 'pre',
    transform: {
      filter: { id: /\/web\/.*\.ts$/ },
      handler: (code) => {
        const found = code.replace(SOURCE_URL, 'new URL(moduleUrl)').replace(SOURCE_NAME, "''");
        return found === code ? null : { code: found, map: null };
      },
    },
  };
}
