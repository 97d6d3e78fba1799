import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BRIDGE_ERROR_CODES, BridgeError } from './bridge-error.ts';

it('documents every code with its close code', () => {
  const text = readFileSync(new URL('../../docs/bridge-errors.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `([\w-]+)` +\| +(\d*) *\|/gm)].map(([, code, close]) => [
    code,
    Number(close),
  ]);
  expect(documented).toEqual(BRIDGE_ERROR_CODES.map((code) => [code, new BridgeError(code).closeCode]));
});

it('has reasons that fit into a close frame and are sentences', () => {
  for (const code of BRIDGE_ERROR_CODES) {
    const { message } = new BridgeError(code);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(123);
    expect(message).toMatch(/^[A-Z].*\.$/);
  }
});
