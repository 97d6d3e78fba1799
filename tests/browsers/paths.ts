/** Where Debian puts the browsers. */
import { existsSync } from 'node:fs';

export const CHROMIUM_PATH = '/usr/bin/chromium';
export const FIREFOX_PATH = '/usr/bin/firefox-esr';

const miniBrowsers = ['4.1', '4.0', '6.0'].flatMap((version) =>
  ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
);

/** Undefined where WebKitGTK's MiniBrowser is not installed. */
export const webkitPath = miniBrowsers.find((path) => existsSync(path));
