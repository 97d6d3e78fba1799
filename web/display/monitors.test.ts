import { expect, it } from 'vitest';
import { enabledMonitors, MAX_MONITORS } from './monitors.ts';

function head(monitorId: number, width = 800, height = 600) {
  return {
    monitorId,
    surfaceId: 0,
    width,
    height,
    x: 0,
    y: 0,
    flags: 0,
  };
}

it('monitors that are off are none, whatever their ids', () => {
  const { heads, max } = enabledMonitors(4, [head(0, 0, 0), head(1), head(2, 800, 0), head(3)]);
  expect(heads.map(({ monitorId }) => monitorId)).toEqual([1, 3]);
  expect(max).toBe(4);
});

it('a server has no more than it allows, each once, and we have a limit of our own', () => {
  const many = Array.from({ length: 65_535 }, (_, id) => head(id));
  expect(enabledMonitors(2, many).heads.map(({ monitorId }) => monitorId)).toEqual([0, 1]);
  expect(enabledMonitors(65_535, many)).toMatchObject({ max: MAX_MONITORS });
  expect(enabledMonitors(65_535, many).heads.length).toBe(MAX_MONITORS);
  expect(enabledMonitors(0, [head(0)]).heads.length).toBe(1);
  expect(enabledMonitors(4, [head(1), head(1, 640, 480)]).heads).toEqual([head(1)]);
});
