import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runDrawVectors } from './draw-vectors.ts';

const packed = fileURLToPath(new URL('vectors-draw', import.meta.url));
const full = fileURLToPath(new URL('../../../shared/vectors-draw', import.meta.url));

async function failuresOf(dir: string): Promise<{ passed: number; failed: string[] }> {
  let passed = 0;
  const failed: string[] = [];
  for await (const { name, ok, message } of runDrawVectors(dir)) {
    if (ok) passed++;
    else failed.push(`${name}: ${message}`);
  }
  return { passed, failed };
}

describe('draw vectors', () => {
  it('renders the packed ones of every category as the reference does', async () => {
    const { passed, failed } = await failuresOf(packed);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(200);
  });

  it.skipIf(!existsSync(full))('renders the full set', async () => {
    const { passed, failed } = await failuresOf(full);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(600);
  });
});
