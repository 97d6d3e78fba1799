import { expect, it } from 'vitest';
import { capabilityWords, displayCapability, hasCapability } from './capabilities.ts';

it('puts bit n into word n >> 5', () => {
  expect(capabilityWords([])).toEqual([]);
  expect(capabilityWords([0, 3])).toEqual([9]);
  expect(capabilityWords([31])).toEqual([0x80000000]);
  expect(capabilityWords([33, 1])).toEqual([2, 2]);
});

it('reads missing words as 0', () => {
  const words = capabilityWords([displayCapability.codecH265, 31, 40]);
  expect(hasCapability(words, displayCapability.codecH265)).toBe(true);
  expect(hasCapability(words, 31)).toBe(true);
  expect(hasCapability(words, 40)).toBe(true);
  expect(hasCapability(words, 0)).toBe(false);
  expect(hasCapability(words, 500)).toBe(false);
});
