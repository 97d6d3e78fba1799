/** Canvases are the client's, not one session's. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SpiceClient } from './spice-client.ts';
import { TestBrowser } from './test-browser.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** As the browser's: what it shows can be given away once. */
class TestCanvas {
  #isGiven = false;

  transferControlToOffscreen(): OffscreenCanvas {
    if (this.#isGiven) throw new DOMException('given already', 'InvalidStateError');
    this.#isGiven = true;
    return { of: this } as unknown as OffscreenCanvas;
  }
}

function begin() {
  const browser = new TestBrowser();
  const client = new SpiceClient({ source: 'wss://b/', audio: false, reconnect: true }, browser);
  const canvas = new TestCanvas() as unknown as HTMLCanvasElement;
  return { browser, client, canvas };
}

it('one that was given before the session begins is used when it does, and may be given twice', () => {
  const { browser, client, canvas } = begin();
  client.attachCanvas(0, canvas);
  client.attachCanvas(0, canvas);
  client.connect();
  expect(browser.display.of('attachCanvas')).toEqual([
    { kind: 'attachCanvas', display: 0, canvas: { of: canvas } },
  ]);
  // Before the first channel opens, and with the settings.
  expect(browser.display.told.map(({ kind }) => kind)).toEqual(['settings', 'attachCanvas']);
});

it('shows the session that replaces one that broke: its worker stays', async () => {
  const { browser, client, canvas } = begin();
  client.connect();
  browser.establish();
  client.attachCanvas(0, canvas);
  const worker = browser.display;
  browser.cut();
  await vi.advanceTimersByTimeAsync(1_000);
  browser.establish();
  expect(browser.display).toBe(worker);
  expect(worker.isTerminated).toBe(false);
  expect(worker.of('attachCanvas')).toHaveLength(1);
  // What the worker still says of the old session is not taken for the new one's.
  const heard: unknown[] = [];
  client.on('displayschange', (detail) => heard.push(detail));
  const displays = [{ id: 0, x: 0, y: 0, width: 1, height: 1, channel: 0 }];
  worker.say({ kind: 'displays', displays, maxDisplays: 1 });
  expect(heard).toEqual([]);
  browser.confirmEnd();
  worker.say({ kind: 'displays', displays, maxDisplays: 1 });
  expect(heard).toHaveLength(1);
});

it('nothing stays when none was given, or when the client is disposed of', async () => {
  const { browser, client, canvas } = begin();
  client.connect();
  client.disconnect();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(browser.display.isTerminated).toBe(true);
  client.connect();
  client.attachCanvas(0, canvas);
  client.dispose();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(browser.displayWorkers.map(({ isTerminated }) => isTerminated)).toEqual([true, true]);
});

it('are lost with a worker that breaks, and may be given anew', async () => {
  const { browser, client, canvas } = begin();
  client.connect();
  browser.establish();
  client.attachCanvas(0, canvas);
  browser.display.onerror?.({ message: '' });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(browser.displayWorkers).toHaveLength(2);
  const another = new TestCanvas() as unknown as HTMLCanvasElement;
  client.attachCanvas(0, another);
  expect(browser.display.of('attachCanvas')).toEqual([
    { kind: 'attachCanvas', display: 0, canvas: { of: another } },
  ]);
});
