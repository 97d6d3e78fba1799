/** Debian's Firefox, driven by puppeteer-core over WebDriver BiDi (Playwright wants its own build). */
import { launch, type KeyInput } from 'puppeteer-core';
import { pixelsOfPng } from '../servers/pixels.ts';
import { makeDirectory, removeDirectory } from '../servers/process.ts';
import { defaultSize, type BrowserPage } from './page.ts';
import { FIREFOX_PATH } from './paths.ts';

export interface FirefoxPage extends BrowserPage {
  /** Presses keys in order, as a user does, and releases them in reverse. */
  press(...keys: KeyInput[]): Promise<void>;
}

/** @param preferences of about:config, beside those that keep Firefox quiet */
export async function openFirefox(
  url: string,
  size = defaultSize,
  preferences: Readonly<Record<string, unknown>> = {},
): Promise<FirefoxPage> {
  const profile = makeDirectory('firefox-');
  const browser = await launch({
    browser: 'firefox',
    executablePath: FIREFOX_PATH,
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
      ...preferences,
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
      press: async (...keys) => {
        for (const key of keys) await page.keyboard.down(key);
        for (const key of keys.toReversed()) await page.keyboard.up(key);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
