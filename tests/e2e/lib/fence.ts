/**
 * Fences. That nothing (more) comes is not proved by waiting: a marker that goes the same way has all that was sent
 * before it in front of it. What the guest's agent hears has its own (`AgentTap.settled`).
 */
import { expect } from '@playwright/test';
import type { Viewer } from './viewer.ts';

/** A key that no test means, and what a PC sees of it: scan code set 1, pressed and released. */
const MARKER_KEY = 'F7';
const MARKER_SCANCODES = '41c1';

/**
 * Presses the marker and gives what the guest saw before it. The viewer presses it, not the page: it need not have the
 * keyboard, and the way is the same from there.
 * @param seen the scan codes so far, hex
 */
export async function scancodesBeforeMarker(viewer: Viewer, seen: () => string): Promise<string> {
  await viewer.evaluate((element, code) => {
    element.sendKey(code, true);
    element.sendKey(code, false);
  }, MARKER_KEY);
  await expect
    .poll(() => seen().endsWith(MARKER_SCANCODES), { message: 'the marker key', timeout: 20_000 })
    .toBe(true);
  return seen().slice(0, -MARKER_SCANCODES.length);
}

/**
 * The element has seen its newest size, and every timer that the page had for it has run. The page's clock must be
 * Playwright's (`page.clock.install()` before it is opened).
 */
export async function sizeRests(viewer: Viewer): Promise<void> {
  // Observers are told in the order in which they were made: the viewer's own first.
  await viewer.evaluate(
    (element) =>
      new Promise<void>((resolve) => {
        const observer = new ResizeObserver(() => {
          observer.disconnect();
          resolve();
        });
        observer.observe(element);
      }),
  );
  await viewer.page.clock.fastForward(60_000);
}
