import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect } from '../lib/fixtures.ts';
import type { Viewer } from '../lib/viewer.ts';
import type { Xspice } from '../../servers/xspice.ts';

/** Text that is easily spoilt on its way. */
export const AWKWARD = 'Grüße, 世界! 😀👩‍👩‍👧\r\nsecond line\r\n\ttab, end without line end';

/** Bytes that xclip pastes in the guest; undefined while nothing owns the clipboard. */
export function guestClipboard(server: Xspice, target = 'UTF8_STRING'): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    execFile(
      'xclip',
      ['-selection', 'clipboard', '-o', '-t', target],
      { env: server.env, encoding: 'buffer', maxBuffer: 2 ** 27, timeout: 20_000 },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    );
  });
}

/** Copies a file's content in the guest, as a program there does. */
export function guestCopies(server: Xspice, content: string | Buffer, target = 'UTF8_STRING'): void {
  const file = `${server.dir}/copied-${Date.now()}`;
  writeFileSync(file, content);
  server.spawn('xclip', '-quiet', '-selection', 'clipboard', '-i', '-t', target, file);
}

export function clipboardReady(viewer: Viewer): Promise<void> {
  return expect.poll(() => viewer.evaluate((element) => element.capabilities['clipboard'])).toBe(true);
}

export function localText(viewer: Viewer): Promise<string> {
  return viewer.page.evaluate(() => navigator.clipboard.readText());
}
export function writeLocal(viewer: Viewer, text: string): Promise<void> {
  return viewer.page.evaluate((given) => navigator.clipboard.writeText(given), text);
}

/** As when the user comes back from another window. */
export function comeBack(viewer: Viewer): Promise<void> {
  return viewer.page.evaluate(() => {
    globalThis.dispatchEvent(new Event('focus'));
  });
}
