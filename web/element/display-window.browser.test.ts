import { css, html } from 'lit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DisplayWindow } from './display-window.ts';

let frame: HTMLIFrameElement;
const options = { host: document.body, styles: css``, width: 300, height: 200 };

beforeEach(() => {
  frame = document.createElement('iframe');
  document.body.append(frame);
});
afterEach(() => {
  vi.restoreAllMocks();
  document.body.innerHTML = '';
});

/** What the browser gives in place of a window of its own. */
function browserOpens(opened: unknown): void {
  vi.spyOn(window, 'open').mockReturnValue(opened as Window | null);
}

it.each([
  ['has everything', () => undefined],
  ['has no body yet', (page: Document) => page.body.remove()],
  ['has nothing yet', (page: Document) => page.documentElement.remove()],
])('fills a window whose page %s', (_, change) => {
  change(frame.contentDocument as Document);
  browserOpens(frame.contentWindow);
  const opened = DisplayWindow.open(options);
  opened?.show({ title: 'Display 2', template: html`<p>shown</p>` });
  expect(opened?.root.querySelector('p')?.textContent).toBe('shown');
  expect(frame.contentDocument?.title).toBe('Display 2');
  expect(frame.contentDocument?.body.isConnected).toBe(true);
  opened?.close();
});

it('leaves no window open that cannot be filled', () => {
  const close = vi.fn();
  browserOpens({ document: null, close });
  expect(DisplayWindow.open(options)).toBeUndefined();
  expect(close).toHaveBeenCalledOnce();
  browserOpens(null);
  expect(DisplayWindow.open(options)).toBeUndefined();
});
