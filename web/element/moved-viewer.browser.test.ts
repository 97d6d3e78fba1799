import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpiceClient } from '../client/spice-client.ts';
import './index.ts';
import type { SpiceViewer } from './spice-viewer.ts';

let viewer: SpiceViewer;
let elsewhere: HTMLElement;
let disconnect: ReturnType<typeof vi.spyOn>;

beforeEach(async () => {
  document.body.innerHTML = `
    <div id="here"><spice-viewer url="ws://127.0.0.1:1/"></spice-viewer><p></p></div>
    <div id="elsewhere" style="width: 400px"><p></p></div>`;
  viewer = document.querySelector('spice-viewer') as SpiceViewer;
  elsewhere = document.querySelector('#elsewhere') as HTMLElement;
  // A session that stands, without a server.
  vi.spyOn(SpiceClient.prototype, 'connect').mockReturnValue(undefined);
  disconnect = vi.spyOn(SpiceClient.prototype, 'disconnect').mockReturnValue(undefined);
  viewer.connect();
  vi.spyOn(SpiceClient.prototype, 'state', 'get').mockReturnValue('connected');
  await viewer.updateComplete;
});
afterEach(async () => {
  document.body.innerHTML = '';
  // The element ends what it had a moment later, and not in the next test.
  await later();
  vi.restoreAllMocks();
});

/** After everything that was put off until a later task. */
async function later(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve));
}

const moves: Readonly<Record<string, () => void | Promise<void>>> = {
  append: () => elsewhere.append(viewer),
  insertBefore: () => void elsewhere.insertBefore(viewer, elsewhere.firstChild),
  'remove and append': () => {
    viewer.remove();
    elsewhere.append(viewer);
  },
  'remove, and append after a microtask': async () => {
    viewer.remove();
    await Promise.resolve();
    elsewhere.append(viewer);
  },
  'replaceWith and append': () => {
    viewer.replaceWith(document.createElement('p'));
    elsewhere.append(viewer);
  },
  'a parent that moves': () => elsewhere.append(document.querySelector('#here') as HTMLElement),
  moveBefore: () => {
    (elsewhere as HTMLElement & { moveBefore(node: Node, before: Node | null): void }).moveBefore(
      viewer,
      null,
    );
  },
  'into a shadow root': () => elsewhere.attachShadow({ mode: 'open' }).append(viewer),
};

describe('an element that moves', () => {
  it.each(Object.keys(moves))('keeps its session: %s', async (how) => {
    await moves[how]?.();
    await later();
    expect(viewer.isConnected).toBe(true);
    expect(disconnect).not.toHaveBeenCalled();
  });

  it('ends it when it stays out', async () => {
    viewer.remove();
    expect(disconnect).not.toHaveBeenCalled();
    await later();
    expect(disconnect).toHaveBeenCalledOnce();
  });

  it('hears its document once, wherever it is', () => {
    const locks: unknown[] = [];
    viewer.addEventListener('inputlock', (event) => locks.push((event as CustomEvent<unknown>).detail));
    elsewhere.append(viewer);
    document.dispatchEvent(new Event('pointerlockchange'));
    expect(locks).toEqual([{ locked: false }]);
  });
});

describe('input', () => {
  const sent: string[] = [];

  beforeEach(() => {
    sent.length = 0;
    vi.spyOn(SpiceClient.prototype, 'sendKey').mockImplementation((code, down) => {
      sent.push(`${down ? '+' : '-'}${code}`);
    });
  });

  function press(code: string, flags: KeyboardEventInit = {}): void {
    const viewport = viewer.shadowRoot?.querySelector('.viewport');
    viewport?.dispatchEvent(
      new KeyboardEvent('keydown', { code, ...flags, bubbles: true, cancelable: true }),
    );
  }

  it('releases what is held when view-only is switched on', async () => {
    press('ControlLeft');
    press('KeyC', { ctrlKey: true });
    viewer.viewOnly = true;
    await viewer.updateComplete;
    expect(sent.slice(0, 2)).toEqual(['+ControlLeft', '+KeyC']);
    expect(sent.slice(2).toSorted()).toEqual(['-ControlLeft', '-KeyC']);
    press('KeyA');
    expect(sent).toHaveLength(4);
  });

  it('releases what is held when the element leaves the document', () => {
    press('ControlLeft');
    elsewhere.append(viewer);
    expect(sent).toEqual(['+ControlLeft', '-ControlLeft']);
    press('KeyA');
    expect(sent.at(-1)).toBe('+KeyA');
  });
});
