/** What the processes of a browser's pages use, their workers included. */
import { memory } from '../../bench/process-figures.ts';
import { sleep } from '../../servers/process.ts';
import type { Viewer } from './viewer.ts';

export class PageMemory {
  readonly #viewer: Viewer;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  /** Bytes (PSS) of all renderers of the viewer's browser. */
  async now(): Promise<number> {
    const session = await this.#viewer.page.context().browser()?.newBrowserCDPSession();
    if (session === undefined) throw new Error('the page has no browser of its own');
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { id }) => sum + memory(id), 0);
  }

  /** The same after what was thrown away is collected. */
  async settled(): Promise<number> {
    const session = await this.#viewer.page.context().newCDPSession(this.#viewer.page);
    await session.send('HeapProfiler.collectGarbage');
    await session.detach();
    await sleep(500);
    return this.now();
  }
}
