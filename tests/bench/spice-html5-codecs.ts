import { existsSync, readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';

const FOLDER = '/usr/share/spice-html5';

/** The decoders of Debian's spice-html5, each giving B, G, R, X or R, G, B, A bytes of the whole picture. */
export interface Html5Codecs {
  /** `data` as after the payload's size field. RGB24, RGB32, RGBA. */
  quic(data: Uint8Array): Uint8Array | undefined;
  /** `data` after the LZ header. RGB32 and RGBA. */
  lz(data: Uint8Array, width: number, height: number, alpha: boolean): Uint8ClampedArray;
}

/** Undefined where the package is not installed. */
export function loadHtml5Codecs(): Html5Codecs | undefined {
  if (!existsSync(`${FOLDER}/quic.js`)) return undefined;
  const quic = load('quic.js', '{ encoder }') as {
    encoder: { simple_quic_decode(data: Uint8Array): Uint8Array | undefined };
  };
  const { lz_rgb32_decompress: lz } = load('lz.js', '{ lz_rgb32_decompress }', {
    Constants: { LZ_IMAGE_TYPE_RGB32: 8, LZ_IMAGE_TYPE_RGBA: 9 },
  }) as {
    lz_rgb32_decompress(
      data: Uint8Array,
      at: number,
      out: Uint8ClampedArray,
      type: number,
      opaque: boolean,
    ): number;
  };
  return {
    quic: (data) => quic.encoder.simple_quic_decode(data),
    lz(data, width, height, alpha) {
      const out = new Uint8ClampedArray(width * height * 4);
      const end = lz(data, 0, out, 8, !alpha);
      if (alpha) lz(data, end, out, 9, false);
      return out;
    },
  };
}

/** Runs one of its modules as a function of this context: as fast as the module itself, without being one. */
function load(file: string, result: string, globals: Record<string, unknown> = {}): unknown {
  const source = readFileSync(`${FOLDER}/${file}`, 'utf8')
    .replaceAll(/^import [\s\S]*?;$/gm, '')
    .replaceAll(/^export [\s\S]*?;$/gm, '');
  const names = Object.keys(globals);
  const run = compileFunction(`'use strict';\n${source}\nreturn ${result};`, names, { filename: file });
  return run(...Object.values(globals));
}
