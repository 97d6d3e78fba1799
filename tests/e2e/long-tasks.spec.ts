import { expect, needs, test } from './lib/fixtures.ts';
import { waitForEqual } from './lib/compare.ts';
import { makePhotograph, openWindow, xterm } from './lib/desktop.ts';
import { sleep } from '../servers/process.ts';

needs('chromium', 'xspice');

declare global {
  // The longest main-thread tasks that the page has had, in milliseconds.
  var longTasks: number[];
}

test('the page stays responsive while text scrolls and photographs are shown', async ({
  page,
  xspice,
  connect,
}) => {
  await page.setViewportSize({ width: 1500, height: 900 });
  const server = await xspice({ width: 1440, height: 900, compression: 'auto_glz' });
  const photographs = [];
  for (let seed = 1; seed <= 6; seed++) {
    photographs.push(await makePhotograph(server, { width: 1400, height: 800, seed }));
  }
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.longTasks.push(Math.round(entry.duration));
    }).observe({ type: 'longtask', buffered: true });
  });
  const viewer = await connect(server.port);
  await sleep(1000);
  // Loading the page may take a while; from here on it only shows a desktop.
  await page.evaluate(() => {
    globalThis.longTasks = [];
  });

  await xterm(server, 'scrolling', 'seq 1 20000', '-geometry', '160x60+10+10');
  for (const [index, file] of photographs.entries()) {
    await openWindow(server, `photo ${index}`, 'display', '-title', `photo ${index}`, file);
    await sleep(500);
  }
  await sleep(3000);
  // Taken before the comparison, which copies whole pictures through the main thread.
  const seen = await page.evaluate(() => globalThis.longTasks);
  await waitForEqual('the last photograph', () => viewer.pixels(), server.screenshot);
  expect(seen, 'main-thread tasks over 50 ms').toEqual([]);
});

test('the observer sees a long task', async ({ page, bridge }) => {
  const { url } = await bridge({ nothing: 'spice://127.0.0.1:1' });
  await page.goto(`${url}?embed=1`);
  const durations = await page.evaluate(async () => {
    const seen: number[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push(entry.duration);
    }).observe({ type: 'longtask' });
    await new Promise((resolve) => {
      setTimeout(() => {
        const end = performance.now() + 120;
        while (performance.now() < end);
        setTimeout(resolve, 300);
      }, 0);
    });
    return seen;
  });
  expect(Math.max(0, ...durations)).toBeGreaterThan(100);
});
