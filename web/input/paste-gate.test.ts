import { expect, it } from 'vitest';
import { PasteGate } from './paste-gate.ts';

function setUp(wait: Promise<boolean> | undefined): { keys: string[]; gate: PasteGate; asked: () => number } {
  const keys: string[] = [];
  let asked = 0;
  const sink = {
    sendKey: (code: string, down: boolean) => keys.push(`${down ? '+' : '-'}${code}`),
    sendLockState: (modifiers: number) => keys.push(`locks ${modifiers}`),
    lockState: 2,
  };
  const beforePaste = (): typeof wait => {
    asked++;
    return wait;
  };
  const gate = new PasteGate(sink, { beforePaste });
  return { keys, gate, asked: () => asked };
}

it('holds a paste and all keys after it until the clipboard is there, in order', async () => {
  let release: (mayPaste: boolean) => void = () => undefined;
  const wait = new Promise<boolean>((resolve) => {
    release = resolve;
  });
  const { keys, gate, asked } = setUp(wait);
  gate.sendKey('ControlLeft', true);
  gate.sendKey('KeyV', true);
  gate.sendKey('KeyV', true);
  gate.sendKey('KeyV', false);
  gate.sendKey('ControlLeft', false);
  gate.sendLockState(2);
  gate.sendKey('KeyA', true);
  expect(keys).toEqual(['+ControlLeft']);
  release(true);
  await wait;
  const rest = ['+KeyV', '+KeyV', '-KeyV', '-ControlLeft', 'locks 2', '+KeyA'];
  expect(keys).toEqual(['+ControlLeft', ...rest]);
  gate.sendKey('KeyA', false);
  expect(keys.at(-1)).toBe('-KeyA');
  expect(asked()).toBe(1);
});

it('lets keys pass when there is nothing to wait for, or it fails', async () => {
  const plain = setUp(undefined);
  plain.gate.sendKey('ShiftLeft', true);
  plain.gate.sendKey('Insert', true);
  plain.gate.sendKey('KeyV', true);
  expect(plain.keys).toEqual(['+ShiftLeft', '+Insert', '+KeyV']);
  expect(plain.asked()).toBe(1);
  const failing = setUp(Promise.reject(new Error('no')));
  failing.gate.sendKey('ControlRight', true);
  failing.gate.sendKey('KeyV', true);
  await Promise.resolve();
  await Promise.resolve();
  expect(failing.keys).toEqual(['+ControlRight', '+KeyV']);
});

it('swallows the key of a paste that is not the guest’s, and no other', async () => {
  const wait = Promise.resolve(false);
  const { keys, gate } = setUp(wait);
  gate.sendKey('ControlLeft', true);
  gate.sendKey('KeyV', true);
  gate.sendKey('KeyA', true);
  await wait;
  gate.sendKey('KeyV', false);
  gate.sendKey('ControlLeft', false);
  gate.sendKey('KeyV', true);
  gate.sendKey('KeyV', false);
  expect(keys).toEqual(['+ControlLeft', '+KeyA', '-ControlLeft', '+KeyV', '-KeyV']);
});
