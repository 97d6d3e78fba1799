/**
 * From a key event in the page to the first animation frame with the changed picture, measured the same way for every
 * client. A canvas of the page can be read before it is shown, one that a worker draws on only with the frame that
 * shows it; so both are looked at when a frame begins, which is what the user sees.
 */
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
    const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

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
            await nextFrame();
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
