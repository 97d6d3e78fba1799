import { expect, it } from 'vitest';
import { wireMonitors } from '../agent/monitors-config.ts';
import { checkedMonitors } from './monitor-requests.ts';

const size = { width: 800, height: 600 };
const off = { width: 0, height: 0 };

it('ids are places in the list, and monitors without a place stand in a row', () => {
  expect(checkedMonitors([size, { width: 1000, height: 700 }], 2)).toEqual([
    { id: 0, ...size, x: 0, y: 0 },
    { id: 1, width: 1000, height: 700, x: 800, y: 0 },
  ]);
  expect(checkedMonitors([{ ...size, x: -800, y: 30 }], 4)).toEqual([{ id: 0, ...size, x: -800, y: 30 }]);
  expect(checkedMonitors([], 1)).toEqual([]);
});

it('monitors can be off, and ids sparse', () => {
  const checked = checkedMonitors([{ id: 2, ...size }, off, { id: 0, ...size }], 4);
  expect(checked.map(({ id, width, x }) => [id, width, x])).toEqual([
    [0, 800, 800],
    [1, 0, 0],
    [2, 800, 0],
  ]);
});

it('says in a sentence what the guest cannot have', () => {
  const no = (list: unknown, max = 2): string => {
    try {
      checkedMonitors(list as [], max);
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) return error.message;
    }
    return '';
  };
  expect(no([size, size, size])).toBe('This guest can have 2 monitors at the most.');
  expect(no([{ id: 5, ...size }], 1)).toBe('This guest can have 1 monitor at the most.');
  expect(no([off])).toBe('At least one monitor must stay on.');
  expect(no([{ width: 800, height: NaN }])).toContain('64 to 16384 pixels');
  expect(no([{ width: 800, height: 0 }])).toContain('64 to 16384 pixels');
  expect(no([{ width: 99_999, height: 600 }])).toContain('64 to 16384 pixels');
  expect(no([{ width: '800', height: 600 }])).toContain('64 to 16384 pixels');
  expect(no([{ ...size, x: 5 }])).toBe('A monitor has both x and y, or none.');
  expect(no([{ ...size, x: 1e9, y: 0 }])).toBe('A monitor cannot be at 1000000000,0.');
  expect(no([{ id: 1, ...size }, size])).toBe('Two monitors have the same id.');
  expect(no([{ id: -1, ...size }])).toContain('small whole number');
  expect(no('800x600')).toBe('setMonitors takes a list of monitors.');
  expect(
    no(
      Array.from({ length: 17 }, () => size),
      0,
    ),
  ).toContain('16 monitors at the most');
});

it('to agents that know monitors that are off, places in the list are ids; to others only those that are on are told', () => {
  const monitors = [
    { id: 0, ...off, x: 0, y: 0 },
    { id: 2, ...size, x: 10, y: 20 },
    { id: 3, ...off, x: 0, y: 0 },
  ];
  const wire = { ...size, depth: 32, x: 10, y: 20 };
  const none = { ...off, depth: 0, x: 0, y: 0 };
  expect(wireMonitors(monitors, true)).toEqual([none, none, wire]);
  expect(wireMonitors(monitors, false)).toEqual([wire]);
});
