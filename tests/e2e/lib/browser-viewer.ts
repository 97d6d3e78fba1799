/** The viewer in a page of any engine, through expressions: what tests ask of Firefox and WebKit. */
import type { SpiceStats } from '../../../web/api/public-types.ts';
import type { BrowserPage } from '../../browsers/page.ts';
import type { Pixels } from '../../servers/pixels.ts';
import { until } from '../../servers/process.ts';

/** The element in the page that the bridge serves. */
export const ELEMENT = `document.querySelector('spice-viewer-app').shadowRoot.querySelector('spice-viewer')`;

export class BrowserViewer {
  readonly page: BrowserPage;

  constructor(page: BrowserPage) {
    this.page = page;
  }

  async waitConnected(): Promise<void> {
    await until(
      'the viewer to connect',
      () =>
        this.page.evaluate<boolean>(
          `globalThis.customElements?.get('spice-viewer-app') !== undefined && ${ELEMENT}?.state === 'connected' && ${ELEMENT}.displays.length > 0`,
        ),
      { timeout: 60_000, interval: 250 },
    );
    await this.page.evaluate(
      `void (globalThis.seenErrors ??= (() => { const seen = []; ${ELEMENT}.addEventListener('error', ({ detail }) => seen.push(detail)); return seen; })())`,
    );
  }

  stats(): Promise<SpiceStats> {
    return this.page.evaluate<SpiceStats>(`${ELEMENT}.getStats()`);
  }

  /** The error events since the viewer connected. */
  errors(): Promise<{ kind: string; message: string }[]> {
    return this.page.evaluate('globalThis.seenErrors');
  }

  /** What the viewer holds of its first display. */
  async pixels(): Promise<Pixels> {
    const { width, height, url } = await this.page.evaluate<{ width: number; height: number; url: string }>(
      `${ELEMENT}.getImageData({ display: ${ELEMENT}.displays[0].id }).then(({ width, height, data }) =>
        new Promise((resolve) => {
          const reader = new FileReader();
          reader.onload = () => resolve({ width, height, url: reader.result });
          reader.readAsDataURL(new Blob([data]));
        }))`,
    );
    return { width, height, rgba: Uint8Array.from(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')) };
  }
}
