import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import type { KeyboardLayout } from '../api/public-types.ts';
import { loadLayout } from '../common/keyboard-layouts.ts';
import { typeText } from './type-text.ts';

let log: string[] = [];
beforeEach(() => {
  log = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function type(
  text: string,
  { canPaste = true, locks = 0, layout = 'us' as KeyboardLayout, isWindows = false } = {},
): Promise<void> {
  // The layout's file comes in real time, whatever the test's clock says.
  await loadLayout(layout);
  const typed = typeText(text, {
    sendKey: (code, down) => log.push(`${down ? '+' : '-'}${code}`),
    layout: () => layout,
    canPaste: () => canPaste,
    isWindows: () => isWindows,
    setClipboard: (content) => log.push(`clipboard ${content}`),
    lockState: () => locks,
  });
  typed.catch(() => undefined);
  await vi.runAllTimersAsync();
  return typed;
}

it('presses Shift where the US layout needs it, the other way round for letters with Caps Lock', async () => {
  await type('aB?');
  const [shift, noShift] = ['+ShiftLeft', '-ShiftLeft'];
  const slash = ['+Slash', '-Slash'];
  expect(log).toEqual(['+KeyA', '-KeyA', shift, '+KeyB', '-KeyB', ...slash, noShift]);
  log = [];
  await type('aB?', { locks: keyModifier.capsLock });
  expect(log).toEqual([shift, '+KeyA', '-KeyA', noShift, '+KeyB', '-KeyB', shift, ...slash, noShift]);
});

it('pastes what no key has', async () => {
  await type('a世界1');
  const paste = ['clipboard 世界', '+ControlLeft', '+KeyV', '-KeyV', '-ControlLeft'];
  expect(log).toEqual(['+KeyA', '-KeyA', ...paste, '+Digit1', '-Digit1']);
});

it('presses AltGr where the layout needs it, and pastes all where none is known', async () => {
  await type('zß@ø', { layout: 'de', isWindows: true });
  const keys = '+KeyY -KeyY +Minus -Minus +AltRight +KeyQ -KeyQ -AltRight'.split(' ');
  const paste = '+ControlLeft +KeyV -KeyV -ControlLeft'.split(' ');
  expect(log).toEqual([...keys, 'clipboard ø', ...paste]);
  log = [];
  await type('øé', { layout: 'de' });
  expect(log).toEqual('+AltRight +KeyO -KeyO -AltRight +Equal -Equal +KeyE -KeyE'.split(' '));
  log = [];
  await type('ab', { layout: 'none' });
  expect(log[0]).toBe('clipboard ab');
});

it('types nothing when it would need a clipboard that is not shared', async () => {
  await expect(type('abc 世', { canPaste: false })).rejects.toThrow(RangeError);
  expect(log).toEqual([]);
  await type('abc', { canPaste: false });
  expect(log.length).toBe(6);
});

it('tells how far it is, pasted text too, and can be cancelled', async () => {
  const seen: string[] = [];
  const aborting = new AbortController();
  const typed = typeText(
    'ab世界c',
    {
      sendKey: (code, down) => log.push(`${down ? '+' : '-'}${code}`),
      layout: () => 'us',
      canPaste: () => true,
      setClipboard: () => undefined,
      lockState: () => 0,
    },
    {
      signal: aborting.signal,
      progress: (done, total) => {
        seen.push(`${done}/${total}`);
        if (done === 4) aborting.abort();
      },
    },
  );
  typed.catch(() => undefined);
  await vi.runAllTimersAsync();
  await expect(typed).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(seen).toEqual(['1/5', '2/5', '4/5']);
  expect(log).not.toContain('+KeyC');
});
