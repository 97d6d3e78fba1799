/** WebKitGTK's MiniBrowser, driven by selenium-webdriver through WebKitWebDriver on an Xvfb of its own. */
import { Builder, Key, type WebDriver } from 'selenium-webdriver';
import { pixelsOfPng } from '../servers/pixels.ts';
import { freePort } from '../servers/ports.ts';
import { makeDirectory, removeDirectory, startProcess, until, type Running } from '../servers/process.ts';
import { defaultSize, type BrowserPage, type PageSize } from './page.ts';
import { webkitPath } from './paths.ts';

export interface WebkitPage extends BrowserPage {
  /** Presses a key while Control is held, as a user does. */
  pressWithControl(key: string): Promise<void>;
  /** Presses a key, as a user does. */
  press(key: string): Promise<void>;
}

export async function openWebkit(url: string, size: PageSize = defaultSize): Promise<WebkitPage> {
  const home = makeDirectory('webkit-');
  const started: Running[] = [];
  let driver: WebDriver | undefined;
  const close = async () => {
    await driver?.quit().catch(() => {});
    for (const child of started.splice(0).toReversed()) await child.stop();
    removeDirectory(home);
  };
  try {
    const screen = `${size.width + 100}x${size.height + 200}x24`;
    const args = ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', '-ac'];
    const xvfb = startProcess('Xvfb', args, { extraPipe: true });
    started.push(xvfb);
    const number = await until('a display number from Xvfb', () => /^(\d+)\n/.exec(xvfb.pipe())?.[1], {
      owner: xvfb,
    });
    const port = await freePort();
    const env = {
      ...process.env,
      HOME: home,
      XDG_RUNTIME_DIR: home,
      DISPLAY: `:${number}`,
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    };
    const server = startProcess('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { env });
    started.push(server);
    const address = `http://127.0.0.1:${port}`;
    await until('WebKitWebDriver', async () => (await fetch(`${address}/status`)).ok, { owner: server });
    const opened = await new Builder()
      .usingServer(address)
      .withCapabilities({
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': { binary: webkitPath, args: ['--automation'] },
      })
      .build();
    driver = opened;
    await opened.manage().setTimeouts({ script: 60_000, pageLoad: 60_000 });
    await opened.manage().window().setRect({ x: 0, y: 0, width: size.width, height: size.height });
    await opened.get(url);
    return {
      name: 'webkit',
      evaluate: <T>(expression: string) => evaluate<T>(opened, expression),
      screenshot: async () => pixelsOfPng(Buffer.from(await opened.takeScreenshot(), 'base64')),
      pressWithControl: (key) =>
        opened.actions().keyDown(Key.CONTROL).sendKeys(key).keyUp(Key.CONTROL).perform(),
      press: (key) => opened.actions().sendKeys(key).perform(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function evaluate<T>(driver: WebDriver, expression: string): Promise<T> {
  const [error, value] = await driver.executeAsyncScript<[string | null, T]>(
    `const done = arguments[arguments.length - 1];
     (async () => (${expression}))().then((value) => done([null, value]), (error) => done([String(error), null]));`,
  );
  if (error !== null) throw new Error(error);
  return value;
}
