/** A Chromium of its own for each measurement, so that all its processes can be charged to one client. */
import { chromium, type Page } from '@playwright/test';
import { chromiumLaunch } from '../../browsers/chromium.ts';
import { memory, processorSeconds } from '../process-figures.ts';

export interface MeasuredBrowser {
  readonly page: Page;
  readonly pid: number;
  /** Seconds that all processes of the browser have run so far. */
  processorSeconds(): number;
  /** Bytes of all processes of the browser; shared pages count once. */
  memory(): number;
  /** Durations in milliseconds of main-thread tasks over 50 ms since the last call. */
  takeLongTasks(): Promise<number[]>;
  stop(): Promise<void>;
}

/** @param script runs in the page before its own */
export async function openMeasuredBrowser(
  url: string,
  viewport = { width: 1400, height: 900 },
  script?: string,
): Promise<MeasuredBrowser> {
  const server = await chromium.launchServer(chromiumLaunch);
  const pid = server.process().pid ?? -1;
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage({ viewport });
    await page.addInitScript(`
      globalThis.longTasks = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.longTasks.push(Math.round(entry.duration));
      }).observe({ type: 'longtask' });
    `);
    if (script !== undefined) await page.addInitScript(script);
    await page.goto(url);
    return {
      page,
      pid,
      processorSeconds: () => processorSeconds(pid),
      memory: () => memory(pid),
      takeLongTasks: () => page.evaluate('globalThis.longTasks.splice(0)'),
      stop: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}
