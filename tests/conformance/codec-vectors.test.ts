import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CodecVectorSet, runCodecVectors } from './codec-vectors.ts';

const packed = fileURLToPath(new URL('vectors/', import.meta.url));
/** Beside the repository on the machine where the vectors were made. */
const full = fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));

async function failuresOf(dir: string): Promise<{ failures: string[]; passed: number }> {
  const failures: string[] = [];
  let passed = 0;
  for await (const { name, ok, message } of runCodecVectors(dir)) {
    if (ok) passed++;
    else failures.push(`${name}: ${message}`);
  }
  return { failures, passed };
}

describe('golden vectors of the image codecs', () => {
  it('the packed ones are decoded exactly', async () => {
    const { vectors } = new CodecVectorSet(packed);
    expect(vectors.length).toBeGreaterThan(200);
    expect(await failuresOf(packed)).toEqual({ failures: [], passed: vectors.length });
  });

  it('the packed ones cover every codec and format', () => {
    const { vectors } = new CodecVectorSet(packed);
    const formats = new Set(vectors.map(({ codec, format }) => `${codec} ${format}`));
    const all: Record<string, string> = {
      quic: 'GRAY RGB16 RGB24 RGB32 RGBA',
      lz: 'RGB16 RGB24 RGB32 RGBA XXXA A8',
      lz_plt: 'PLT1_LE PLT1_BE PLT4_LE PLT4_BE PLT8',
      lz4: 'RGB16 RGB24 RGB32 RGBA',
      glz: 'RGB16 RGB24 RGB32 RGBA',
      bitmap: '1BIT_BE 4BIT_BE 8BIT 16BIT 24BIT 32BIT RGBA 8BIT_A',
      jpeg_alpha: 'RGBA',
    };
    for (const [codec, names] of Object.entries(all)) {
      for (const name of names.split(' ')) expect(formats).toContain(`${codec} ${name}`);
    }
    expect(vectors.some(({ codec }) => codec === 'zlib_glz')).toBe(true);
    expect(new Set(vectors.map(({ channel }) => channel)).size).toBeGreaterThan(2);
  });

  it.skipIf(!existsSync(full))(
    'all of them are decoded exactly (skipped where ../shared/vectors is missing)',
    async () => {
      const { vectors } = new CodecVectorSet(full);
      expect(await failuresOf(full)).toEqual({ failures: [], passed: vectors.length });
    },
    120_000,
  );
});
