import { expect, it } from 'vitest';
import { SendWindow } from './send-window.ts';

function sendUntilClosed(window: SendWindow): number {
  let sent = 0;
  for (; window.isOpen; sent++) window.sent();
  return sent;
}

it('closes after more than twice the window, opens by acknowledged windows', () => {
  const window = new SendWindow(10, 3);
  expect(sendUntilClosed(window)).toBe(21);
  window.acknowledged();
  expect(window.isOpen).toBe(false);
  window.sync(2);
  window.acknowledged();
  expect(window.isOpen).toBe(false);
  window.sync(3);
  window.acknowledged();
  expect(sendUntilClosed(window)).toBe(10);
});

it('never counts below zero', () => {
  const window = new SendWindow(10, 1);
  window.sync(1);
  for (let i = 0; i < 5; i++) window.acknowledged();
  expect(sendUntilClosed(window)).toBe(21);
});
