import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DisplayHead, MonitorRequest } from '../api/public-types.ts';
import { sessionSize, SessionResizer, type ResizingView } from './session-resizer.ts';

function head(id: number, width: number, height: number, x = 0): DisplayHead {
  return {
    id,
    x,
    y: 0,
    width,
    height,
  };
}

it('sizes are even, in device pixels, and possible', () => {
  expect(sessionSize({ width: 1281, height: 901 }, 1)).toEqual({ width: 1280, height: 900 });
  expect(sessionSize({ width: 801.5, height: 600 }, 1.25)).toEqual({ width: 1000, height: 750 });
  expect(sessionSize({ width: 10, height: 10 }, 1)).toEqual({ width: 320, height: 200 });
  expect(sessionSize({ width: 901, height: 701 }, 1, 8)).toEqual({ width: 896, height: 700 });
  expect(sessionSize({ width: 99_999, height: 99_999 }, 3)).toEqual({ width: 7680, height: 4320 });
});

describe('SessionResizer', () => {
  let viewport: ResizingView['size'];
  let views: ResizingView[] | undefined;
  let displays: readonly DisplayHead[];
  let asked: (readonly MonitorRequest[])[];
  let resizer: SessionResizer;

  beforeEach(() => {
    vi.useFakeTimers();
    viewport = { width: 800, height: 600, ratio: 1 };
    displays = [head(0, 1024, 768)];
    views = undefined;
    asked = [];
    resizer = new SessionResizer({
      views: () => views ?? [{ displays: displays.map(({ id }) => id), size: viewport }],
      displays: () => displays,
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
    expect(asked).toEqual([[head(0, 880, 600)]]);
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

  it('asks for the first display before the guest has shown it', () => {
    displays = [];
    rest();
    expect(asked).toEqual([[head(0, 800, 600)]]);
  });

  it('does not say which of several displays in one view should change', () => {
    displays = [head(0, 1024, 768), head(1, 640, 480, 1024)];
    rest();
    expect(asked).toEqual([]);
  });

  it('lets each display follow the view that shows it alone, all in one request', () => {
    displays = [head(0, 1024, 768), head(2, 640, 480, 1024), head(3, 800, 600, 1664)];
    views = [
      { displays: [0], size: viewport },
      { displays: [3], size: { width: 500, height: 400, ratio: 2 } },
      { displays: [2], size: undefined },
    ];
    rest();
    rest();
    expect(asked).toEqual([[head(0, 800, 600), head(2, 640, 480, 800), head(3, 1000, 800, 1440)]]);
  });

  it('asks again only when a view changed, not when the guest did', () => {
    rest();
    displays = [head(0, 792, 600)];
    rest();
    expect(asked.length).toBe(1);
    viewport = { width: 900, height: 600, ratio: 1 };
    rest();
    expect(asked.length).toBe(2);
  });
});
