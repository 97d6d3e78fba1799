import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from './browsers/chromium.ts';

/** Real SPICE servers on one side, the built viewer in Debian's browsers on the other. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: '../test-results',
  // Every test runs an X server or a virtual machine and a browser; two at once would only wait for each other.
  workers: 1,
  timeout: 300_000,
  reporter: [['list']],
  forbidOnly: process.env['CI'] === 'true',
  // A busy machine may make a desktop miss its moment once; such a test is reported as flaky.
  retries: process.env['CI'] === 'true' ? 1 : 0,
  use: {
    browserName: 'chromium',
    launchOptions: chromiumLaunch,
    viewport: { width: 1280, height: 900 },
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
