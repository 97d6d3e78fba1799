/** Trusted key events by physical code, with the text that a US keyboard gives. */
import type { CDPSession, Page } from '@playwright/test';

const shifted: Record<string, string> = Object.fromEntries(
  [...'~!@#$%^&*()_+{}|:"<>?'].map((char, index) => [char, [..."`1234567890-=[]\\;',./"][index]]),
);
const punctuation: Record<string, string> = {
  '`': 'Backquote',
  '-': 'Minus',
  '=': 'Equal',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '\\': 'Backslash',
  ';': 'Semicolon',
  "'": 'Quote',
  ',': 'Comma',
  '.': 'Period',
  '/': 'Slash',
  ' ': 'Space',
  '\n': 'Enter',
  '\t': 'Tab',
};

/** The key of a US keyboard that types `char`. */
export function keyOf(char: string): { code: string; shift: boolean } {
  const base = shifted[char] ?? char.toLowerCase();
  const shift = base !== char;
  if (/[a-z]/.test(base)) return { code: `Key${base.toUpperCase()}`, shift };
  if (/\d/.test(base)) return { code: `Digit${base}`, shift };
  const code = punctuation[base];
  if (code === undefined) throw new Error(`no key of a US keyboard types ${JSON.stringify(char)}`);
  return { code, shift };
}

/** Types as a person does on a US keyboard: Shift down, key, Shift up. */
export async function typePhysically(page: Page, text: string): Promise<void> {
  for (const char of text) {
    const { code, shift } = keyOf(char);
    if (shift) await page.keyboard.down('ShiftLeft');
    await page.keyboard.press(code);
    if (shift) await page.keyboard.up('ShiftLeft');
  }
}

/** For keys that Playwright's US layout does not have (IntlBackslash, IntlRo, …). */
export async function pressRaw(
  session: CDPSession,
  code: string,
  key: string,
  keyCode: number,
): Promise<void> {
  const event = { code, key, windowsVirtualKeyCode: keyCode };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}
