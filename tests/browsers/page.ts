/** What the tests ask of a browser, the same for all three engines. */
import type { Pixels } from '../servers/pixels.ts';

export interface BrowserPage {
  readonly name: 'chromium' | 'firefox' | 'webkit';
  /** Evaluates a JavaScript expression (awaited when it is a promise); its value must be JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** The page as it is shown. */
  screenshot(): Promise<Pixels>;
  /** Ends the page, the browser and whatever was started for it. */
  close(): Promise<void>;
}

export interface PageSize {
  width: number;
  height: number;
}

export type OpenBrowser = (url: string, size?: PageSize) => Promise<BrowserPage>;

export const defaultSize: PageSize = { width: 1280, height: 900 };
