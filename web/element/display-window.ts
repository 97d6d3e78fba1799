import { render, type CSSResult, type TemplateResult } from 'lit';

/** What a window looks like and says; all of it changes while it is open. */
export interface WindowContent {
  readonly title: string;
  readonly template: TemplateResult;
}

export interface DisplayWindowOptions {
  /** the element: its looks are the window's, too */
  readonly host: HTMLElement;
  readonly styles: CSSResult;
  /** of the picture, CSS pixels */
  readonly width: number;
  readonly height: number;
}

/** A portal's custom properties that reach into the element. */
const passedProperties = [
  '--spice-background',
  '--spice-accent',
  '--spice-toolbar-bg',
  '--spice-toolbar-fg',
  '--spice-focus-ring',
];

/**
 * A browser window that the element's page fills: `about:blank`, so it has the page's origin and CSP. No script
 * runs in it, all that is there is made from here, without inline styles: the strictest CSP allows it.
 */
export class DisplayWindow {
  readonly window: Window & typeof globalThis;
  readonly root: ShadowRoot;
  /** the user closed it, or went elsewhere in it */
  whenClosed: () => void = () => undefined;
  #isOpen = true;
  readonly #pageHides: () => void;

  /** @returns undefined where the browser does not allow it */
  static open(options: DisplayWindowOptions): DisplayWindow | undefined {
    const { width, height } = options;
    const opened = window.open('', '', `popup,width=${Math.round(width)},height=${Math.round(height)}`);
    if (opened === null) return undefined;
    try {
      giveBody(opened.document);
      return new DisplayWindow(opened as Window & typeof globalThis, options);
    } catch {
      // Some blockers give a window that cannot be used: without a document, or of another origin.
      opened.close();
      return undefined;
    }
  }

  private constructor(opened: Window & typeof globalThis, options: DisplayWindowOptions) {
    const { host, styles } = options;
    this.window = opened;
    const { document: page } = opened;
    page.documentElement.lang = 'en';
    const body = page.createElement('div');
    const looks = getComputedStyle(host);
    for (const name of passedProperties) {
      const value = looks.getPropertyValue(name);
      if (value !== '') body.style.setProperty(name, value);
    }
    Object.assign(body.style, { position: 'fixed', inset: '0' });
    page.body.style.margin = '0';
    page.body.replaceChildren(body);
    this.root = body.attachShadow({ mode: 'open' });
    const sheet = new opened.CSSStyleSheet();
    sheet.replaceSync(styles.cssText);
    this.root.adoptedStyleSheets = [sheet];
    opened.addEventListener('pagehide', () => this.#left());
    this.#pageHides = () => this.close();
    window.addEventListener('pagehide', this.#pageHides);
  }

  show({ title, template }: WindowContent): void {
    this.window.document.title = title;
    render(template, this.root, { creationScope: this.window.document });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#left();
    this.window.close();
  }

  #left(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    window.removeEventListener('pagehide', this.#pageHides);
    this.whenClosed();
  }
}

/** Some browsers give the window before its page has a body. */
function giveBody(page: Document): void {
  if (page.body) return;
  if (!page.documentElement) page.append(page.createElement('html'));
  if (!page.head) page.documentElement.append(page.createElement('head'));
  page.documentElement.append(page.createElement('body'));
}
