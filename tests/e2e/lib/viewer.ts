/** The viewer in a Playwright page, as the public interface describes it. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { SpiceViewerElement } from '../../../web/api/page-types.ts';
import type { SpiceEventDetails, SpiceState } from '../../../web/api/public-types.ts';
import type { Pixels } from '../../servers/pixels.ts';

export type ViewerElement = SpiceViewerElement;

export interface SeenEvent {
  type: keyof SpiceEventDetails;
  detail: unknown;
}

const eventTypes: readonly SeenEvent['type'][] = [
  'connect',
  'disconnect',
  'reconnecting',
  'credentialsrequired',
  'securityfailure',
  'statechange',
  'displayschange',
  'agentchange',
  'audioblocked',
  'mousemodechange',
  'clipboard',
  'transferstart',
  'transferend',
  'transfererror',
  'error',
];

export class Viewer {
  readonly page: Page;
  readonly element: Locator;
  /** The guest's first screen. */
  readonly canvas: Locator;

  private constructor(page: Page) {
    this.page = page;
    this.element = page.locator('spice-viewer');
    this.canvas = page.locator('spice-viewer canvas[part~="screen"]').first();
  }

  /** Opens a page that holds one `<spice-viewer>` and records the events that it fires. */
  static async open(page: Page, url: string): Promise<Viewer> {
    await page.addInitScript((types) => {
      const seen: unknown[] = [];
      Object.assign(globalThis, { seenSpiceEvents: seen });
      for (const type of types) {
        document.addEventListener(type, (event) => {
          const from = event.composedPath()[0];
          if (!(from instanceof Element && from.localName === 'spice-viewer')) return;
          const { detail } = event as CustomEvent<unknown>;
          let copy: unknown = null;
          try {
            copy = JSON.parse(JSON.stringify(detail ?? null));
          } catch {
            // Not JSON: the type alone is recorded.
          }
          seen.push({ type, detail: copy });
        });
      }
    }, eventTypes);
    await page.goto(url);
    const viewer = new Viewer(page);
    await viewer.element.waitFor({ state: 'attached' });
    return viewer;
  }

  evaluate<R, A = undefined>(use: (element: ViewerElement, arg: A) => R | Promise<R>, arg?: A): Promise<R> {
    return this.element.evaluate(
      use as (element: HTMLElement | SVGElement, arg: unknown) => R | Promise<R>,
      arg as unknown,
    ) as Promise<R>;
  }

  state(): Promise<SpiceState> {
    return this.evaluate((element) => element.state);
  }

  async waitForState(state: SpiceState, timeout = 60_000): Promise<void> {
    await expect.poll(() => this.state(), { timeout, message: `the viewer becomes ${state}` }).toBe(state);
  }

  /** Waits until the session is up and the guest's first screen is known. */
  async waitConnected(timeout = 60_000): Promise<void> {
    await this.waitForState('connected', timeout);
    await expect
      .poll(() => this.evaluate((element) => element.displays.length), { timeout, message: 'a display' })
      .toBeGreaterThan(0);
  }

  /** What the viewer holds of a display, in the guest's native size and without the cursor. */
  async pixels(display?: number): Promise<Pixels> {
    const { width, height, base64 } = await this.element.evaluate(async (element, wanted) => {
      const viewer = element as unknown as ViewerElement;
      const image = await viewer.getImageData({ display: wanted ?? viewer.displays[0]?.id ?? 0 });
      const reader = new FileReader();
      const url = await new Promise<string>((resolve) => {
        reader.addEventListener('load', () => resolve(reader.result as string));
        reader.readAsDataURL(new Blob([image.data]));
      });
      return { width: image.width, height: image.height, base64: url.slice(url.indexOf(',') + 1) };
    }, display);
    // A copy at offset 0: Buffer's pool is not aligned to whole pixels.
    return { width, height, rgba: Uint8Array.from(Buffer.from(base64, 'base64')) };
  }

  /** Gives the viewer the keyboard, as a user does who presses on the screen, without a button event to the guest. */
  async focus(): Promise<void> {
    await this.evaluate((element) => element.focus());
  }

  events(): Promise<SeenEvent[]> {
    return this.page.evaluate(
      () => (globalThis as unknown as { seenSpiceEvents: SeenEvent[] }).seenSpiceEvents,
    );
  }

  /** All text that a user can read in the page, through every shadow root. */
  visibleText(): Promise<string> {
    return this.page.evaluate(() => {
      const parts: string[] = [];
      const visit = (node: Node) => {
        if (node instanceof Text) {
          const parent = node.parentElement;
          if (
            node.data.trim() !== '' &&
            (parent === null || parent.checkVisibility({ visibilityProperty: true }))
          ) {
            parts.push(node.data.trim());
          }
          return;
        }
        if (node instanceof HTMLStyleElement || node instanceof HTMLScriptElement) return;
        if (node instanceof HTMLTemplateElement) return;
        if (node instanceof HTMLSlotElement && node.assignedNodes().length > 0) {
          for (const assigned of node.assignedNodes()) visit(assigned);
          return;
        }
        const shadow = node instanceof Element ? node.shadowRoot : null;
        for (const child of (shadow ?? node).childNodes) visit(child);
      };
      visit(document.body);
      return parts.join('\n');
    });
  }
}
