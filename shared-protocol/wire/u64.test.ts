import { expect, it } from 'vitest';
import { u64Compare, u64Equal, U64Map, u64Of, u64ToBigInt, u64ToString } from './u64.ts';

it('keeps all 64 bits', () => {
  const wide = 0xfedcba9876543210n;
  expect(u64Of(wide)).toEqual({ hi: 0xfedcba98, lo: 0x76543210 });
  expect(u64ToBigInt(u64Of(wide))).toBe(wide);
  expect(u64ToString(u64Of(255))).toBe('0x00000000000000ff');
});

it('compares unsigned', () => {
  const big = u64Of(0x8000000000000000n);
  expect(u64Compare(big, u64Of(1))).toBeGreaterThan(0);
  expect(u64Compare(u64Of(0x80000000), u64Of(0x7fffffff))).toBeGreaterThan(0);
  expect(u64Equal(big, { hi: 0x80000000, lo: 0 })).toBe(true);
});

it('maps by both halves', () => {
  const map = new U64Map<string>();
  map.set({ hi: 0, lo: 1 }, 'a');
  map.set({ hi: 1, lo: 1 }, 'b');
  map.set({ hi: 0, lo: 1 }, 'c');
  expect(map.size).toBe(2);
  expect(map.get({ hi: 0, lo: 1 })).toBe('c');
  expect([...map.values()].sort()).toEqual(['b', 'c']);
  expect(map.delete({ hi: 0, lo: 2 })).toBe(false);
  expect(map.delete({ hi: 1, lo: 1 })).toBe(true);
  expect(map.has({ hi: 1, lo: 1 })).toBe(false);
  map.clear();
  expect(map.size).toBe(0);
});
