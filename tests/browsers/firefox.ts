/** Debian's Firefox, driven by puppeteer-core over WebDriver BiDi (Playwright wants its own build). */
import { launch } from 'puppeteer-core';
import { pixelsOfPng } from '../servers/pixels.ts';
import { makeDirectory, removeDirectory } from '../servers/process.ts';
import { defaultSize, type OpenBrowser } from './page.ts';
import { firefoxPath } from './paths.ts';

export const openFirefox: OpenBrowser = async (url, size = defaultSize) => {
  const profile = makeDirectory('firefox-');
  const browser = await launch({
    browser: 'firefox',
    executablePath: firefoxPath,
    userDataDir: profile,
    // Firefox refuses a HOME that belongs to somebody else (sudo, containers).
    env: { ...process.env, HOME: profile },
    defaultViewport: size,
    extraPrefsFirefox: {
      'media.autoplay.default': 0,
      'app.update.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  });
  const close = async () => {
    await browser.close();
    removeDirectory(profile);
  };
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return {
      name: 'firefox',
      evaluate: <T>(expression: string) => page.evaluate(expression) as Promise<T>,
      screenshot: async () => pixelsOfPng(await page.screenshot()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
