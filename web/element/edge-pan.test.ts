import { expect, it } from 'vitest';
import { panStep } from './edge-pan.ts';

it('moves towards the near edge, faster the nearer, and not in the middle', () => {
  expect(panStep(300, 100, 500)).toBe(0);
  expect(panStep(124, 100, 500)).toBe(0);
  expect(panStep(123, 100, 500)).toBe(-1);
  expect(panStep(100, 100, 500)).toBe(-24);
  expect(panStep(50, 100, 500)).toBe(-24);
  expect(panStep(499, 100, 500)).toBe(23);
});

it('leaves small viewports alone, where every place is near an edge', () => {
  expect(panStep(1, 0, 60)).toBe(0);
});
