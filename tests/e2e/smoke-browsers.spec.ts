import { expect, needs, test } from './lib/fixtures.ts';
import { openChromium } from '../browsers/chromium.ts';
import { openFirefox } from '../browsers/firefox.ts';
import type { OpenBrowser } from '../browsers/page.ts';
import { openWebkit } from '../browsers/webkit.ts';
import { countColours } from '../servers/pixels.ts';
import { until } from '../servers/process.ts';

needs('chromium', 'firefox', 'webkit');

const browsers: [string, OpenBrowser][] = [
  ['Chromium', openChromium],
  ['Firefox', openFirefox],
  ['WebKit', openWebkit],
];

/** Finds the element through every shadow root; pasted into each expression. */
const FIND = `((root) => {
  const search = (node) => node.querySelector('spice-viewer')
    ?? [...node.querySelectorAll('*')].filter((e) => e.shadowRoot).map((e) => search(e.shadowRoot)).find(Boolean);
  return search(root);
})(document)`;

/** What the element holds of its first screen, thinned to every 8th pixel of every 8th row. */
const sample = `(async () => {
  const viewer = ${FIND};
  const { width, height, data } = await viewer.getImageData({ display: viewer.displays[0].id });
  const canvas = viewer.shadowRoot.querySelector('canvas[part~="screen"]');
  const shown = document.createElement('canvas');
  shown.width = width;
  shown.height = height;
  const context = shown.getContext('2d');
  context.drawImage(canvas, 0, 0);
  const copy = context.getImageData(0, 0, width, height).data;
  const colours = new Set();
  let different = 0;
  let total = 0;
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8) {
      const i = (y * width + x) * 4;
      colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
      total++;
      if ([0, 1, 2].some((c) => Math.abs(data[i + c] - copy[i + c]) > 8)) different++;
    }
  }
  return { width, height, colours: colours.size, different: different / total };
})()`;

interface Sample {
  width: number;
  height: number;
  colours: number;
  different: number;
}

for (const [name, open] of browsers) {
  test(`${name} shows the demo desktop`, async ({ bridge }) => {
    const { pageUrl } = await bridge();
    const page = await open(pageUrl('demo', { embed: '1' }));
    try {
      await until(
        'the viewer to connect',
        async () => (await page.evaluate<string>(`${FIND}?.state ?? 'absent'`)) === 'connected',
        { timeout: 45_000, interval: 250 },
      );
      // The desktop moves: one frame may come between the two pictures, but not always.
      const seen = await until(
        'a picture on the canvas that is the one the element holds',
        async () => {
          const now = await page.evaluate<Sample>(sample);
          return now.colours > 8 && now.different < 0.1 && now;
        },
        { timeout: 30_000, interval: 500 },
      );
      expect(seen.width).toBeGreaterThan(300);
      expect(seen.height).toBeGreaterThan(200);
      expect(countColours(await page.screenshot()), 'what the user sees is not blank').toBeGreaterThan(8);
    } finally {
      await page.close();
    }
  });
}
