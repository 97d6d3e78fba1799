/** From a key event in the page to the changed picture on a canvas, measured the same way for every client. */
import type { Page } from '@playwright/test';

/** Installs the probe in the page. `canvas` is found through every shadow root. */
export async function installProbe(page: Page, selector: string): Promise<void> {
  // tsx keeps the names of inner functions through a helper that the page does not have.
  await page.evaluate('globalThis.__name ??= (value) => value');
  await page.evaluate((selector) => {
    const search = (root: ParentNode): HTMLCanvasElement | null => {
      const found = root.querySelector<HTMLCanvasElement>(selector);
      if (found) return found;
      for (const element of root.querySelectorAll('*')) {
        const inner = element.shadowRoot && search(element.shadowRoot);
        if (inner) return inner;
      }
      return null;
    };
    const canvas = search(document);
    if (!canvas) throw new Error(`no canvas ${selector}`);

    const probe = document.createElement('canvas');
    const context = probe.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no 2d context');
    let area = { x: 0, y: 0, width: canvas.width, height: canvas.height };
    const read = (): Uint32Array => {
      const { x, y, width, height } = area;
      context.drawImage(canvas, x, y, width, height, 0, 0, width, height);
      return new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    };
    const watch = (next: typeof area) => {
      area = next;
      probe.width = area.width;
      probe.height = area.height;
    };
    watch(area);
    const equal = (a: Uint32Array, b: Uint32Array) => a.every((pixel, index) => pixel === b[index]);
    /** A turn of the event loop, about every millisecond: neither timers (4 ms) nor frames (16 ms) are as fine. */
    const { port1, port2 } = new MessageChannel();
    const tick = () =>
      new Promise<void>((resolve) => {
        const earliest = performance.now() + 1;
        port1.addEventListener('message', function again() {
          if (performance.now() < earliest) {
            port2.postMessage(0);
            return;
          }
          port1.removeEventListener('message', again);
          resolve();
        });
        port1.start();
        port2.postMessage(0);
      });

    let whole: Uint32Array | undefined;
    const api: KeyToPixel = {
      remember: () => {
        watch({ x: 0, y: 0, width: canvas.width, height: canvas.height });
        whole = read();
      },
      narrow: () => {
        const { width, height } = canvas;
        const now = read();
        let [left, top, right, bottom] = [width, height, -1, -1];
        for (let i = 0; i < now.length; i++) {
          if (now[i] === whole?.[i]) continue;
          const x = i % width;
          const y = (i - x) / width;
          [left, right] = [Math.min(left, x), Math.max(right, x)];
          [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
        }
        if (right < 0) return null;
        watch({ x: left, y: top, width: right - left + 1, height: bottom - top + 1 });
        return area;
      },
      arm: () => {
        const before = read();
        const pressed = new Promise<number>((resolve) => {
          globalThis.addEventListener('keydown', () => resolve(performance.now()), {
            capture: true,
            once: true,
          });
        });
        const changed = async () => {
          const start = await pressed;
          while (equal(read(), before)) {
            if (performance.now() > start + 5000) return null;
            await tick();
          }
          return performance.now() - start;
        };
        api.result = changed();
      },
      result: undefined,
    };
    globalThis.keyToPixel = api;
  }, selector);
}

interface KeyToPixel {
  /** Keeps the whole picture. */
  remember(): void;
  /** Watches only what changed since then. */
  narrow(): { x: number; y: number; width: number; height: number } | null;
  /** Starts to wait for a key event and the change after it. */
  arm(): void;
  /** Milliseconds; null when nothing changed within five seconds. */
  result: Promise<number | null> | undefined;
}

declare global {
  var keyToPixel: KeyToPixel;
}

/** Presses a key and gives the milliseconds until the canvas changed. */
export async function measureKey(page: Page, code: string): Promise<number> {
  await page.evaluate(() => globalThis.keyToPixel.arm());
  await page.keyboard.press(code);
  const milliseconds = await page.evaluate(() => globalThis.keyToPixel.result);
  if (milliseconds === null || milliseconds === undefined) throw new Error(`no change after ${code}`);
  return milliseconds;
}
