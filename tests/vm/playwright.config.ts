import { defineConfig } from '@playwright/test';
import e2e from '../playwright.config.ts';

/** The built viewer in Chromium against a real Debian guest, whose image is built before the first test. */
export default defineConfig({
  ...e2e,
  testDir: '.',
  outputDir: '../../test-results/vm',
  globalSetup: './global-setup.ts',
});
