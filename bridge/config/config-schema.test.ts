import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { configJsonSchema } from './config-schema.ts';
import { OPTION_KEYS } from './options.ts';

const written = JSON.parse(
  readFileSync(new URL('../../docs/bridge-config.schema.json', import.meta.url), 'utf8'),
) as object;

it('is what docs/ holds: else run `npm run schema`', () => {
  expect(written).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});

it('accepts and refuses what the bridge does', () => {
  // Another implementation of the specification reads it: zod's own, from JSON Schema back.
  const schema = z.fromJSONSchema(written as Parameters<typeof z.fromJSONSchema>[0]);
  const fits = (config: unknown): boolean => schema.safeParse(config).success;
  expect(fits({})).toBe(true);
  expect(fits({ $schema: './bridge-config.schema.json', listen: '[::1]:80', maxConnections: 5 })).toBe(true);
  expect(fits({ targets: { lab: 'spice://vm:5900' }, allowOrigins: ['https://portal.example'] })).toBe(true);
  expect(fits({ targets: ['lab=spice://vm:5900'] })).toBe(true);
  for (const wrong of [
    { lisen: 'x' },
    { listen: 'x' },
    { pingInterval: 60 },
    { logLevel: 'loud' },
    { targets: 5 },
  ]) {
    expect(fits(wrong)).toBe(false);
  }
});

it('describes every option', () => {
  const { properties } = configJsonSchema() as { properties: Record<string, { description?: string }> };
  for (const key of OPTION_KEYS) expect(properties[key]?.description).toMatch(/\w/);
});
