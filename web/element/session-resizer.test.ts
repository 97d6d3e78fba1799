import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DisplayHead, MonitorRequest } from './public-types.ts';
import { sessionSize, SessionResizer } from './session-resizer.ts';

const head = (id: number, width: number, height: number, x = 0): DisplayHead => ({
  id,
  x,
  y: 0,
  width,
  height,
});

it('sizes are even, in device pixels, and possible', () => {
  expect(sessionSize({ width: 1281, height: 901 }, 1)).toEqual({ width: 1280, height: 900 });
  expect(sessionSize({ width: 801.5, height: 600 }, 1.25)).toEqual({ width: 1000, height: 750 });
  expect(sessionSize({ width: 10, height: 10 }, 1)).toEqual({ width: 320, height: 200 });
  expect(sessionSize({ width: 99_999, height: 99_999 }, 3)).toEqual({ width: 7680, height: 4320 });
});

describe('SessionResizer', () => {
  let viewport: { width: number; height: number; ratio: number } | undefined;
  let displays: readonly DisplayHead[];
  let shown: number | undefined;
  let asked: (readonly MonitorRequest[])[];
  let resizer: SessionResizer;

  beforeEach(() => {
    vi.useFakeTimers();
    viewport = { width: 800, height: 600, ratio: 1 };
    displays = [head(0, 1024, 768)];
    shown = undefined;
    asked = [];
    resizer = new SessionResizer({
      measure: () => viewport,
      displays: () => displays,
      shown: () => shown,
      apply: (monitors) => asked.push(monitors),
    });
  });
  afterEach(() => {
    resizer.dispose();
    vi.useRealTimers();
  });

  const rest = (): void => {
    resizer.changed();
    vi.runAllTimers();
  };

  it('asks once, for the last of many sizes', () => {
    for (let width = 500; width < 900; width += 20) {
      viewport = { width, height: 600, ratio: 1 };
      resizer.changed();
      vi.advanceTimersByTime(50);
    }
    vi.runAllTimers();
    expect(asked).toEqual([[{ width: 880, height: 600, x: 0, y: 0 }]]);
  });

  it('does not ask for what was asked or what is', () => {
    rest();
    rest();
    expect(asked.length).toBe(1);
    resizer.forget();
    displays = [head(0, 800, 600)];
    rest();
    expect(asked.length).toBe(1);
    viewport = undefined;
    rest();
    expect(asked.length).toBe(1);
  });

  it('changes one of several displays when that alone is shown, else none', () => {
    displays = [head(0, 1024, 768), head(1, 640, 480, 1024)];
    rest();
    expect(asked).toEqual([]);
    shown = 0;
    rest();
    expect(asked).toEqual([
      [
        { width: 800, height: 600, x: 0, y: 0 },
        { width: 640, height: 480, x: 800, y: 0 },
      ],
    ]);
  });
});
