/** Debian's Chromium, driven by Playwright. */
import { chromium, type LaunchOptions } from '@playwright/test';
import { pixelsOfPng } from '../servers/pixels.ts';
import { defaultSize, type OpenBrowser } from './page.ts';
import { CHROMIUM_PATH } from './paths.ts';

/** Also what tests/playwright.config.ts launches with. */
export const chromiumLaunch: LaunchOptions = {
  executablePath: CHROMIUM_PATH,
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
};

export const openChromium: OpenBrowser = async (url, size = defaultSize) => {
  const browser = await chromium.launch(chromiumLaunch);
  try {
    const page = await browser.newPage({ viewport: size });
    await page.goto(url);
    return {
      name: 'chromium',
      evaluate: <T>(expression: string) => page.evaluate(expression) as Promise<T>,
      screenshot: async () => pixelsOfPng(await page.screenshot()),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
};
