import { expect, it } from 'vitest';
import type { KeyboardLayout } from '../api/public-types.ts';
import { loadLayout, usLayout, type LayoutTable } from '../common/keyboard-layouts.ts';
import { keyStroke } from '../common/scancodes.ts';
import { Typist } from './typist.ts';

const modifiers = new Set(['ShiftLeft', 'AltRight']);

/** A guest with QEMU's queue of 16 bytes, that takes them one by one, and now and then none. */
class Ps2Guest {
  /** keys that the guest took, as `+Code`, `-Code` */
  readonly log: string[] = [];
  readonly down = new Set<string>();
  lost = 0;
  now = 0;
  readonly #queue: { key: string; bytes: number }[] = [];
  readonly #byteTime: number;
  readonly #stall: { readonly every: number; readonly length: number };
  #nextByte = 0;

  constructor(byteTime: number, stall = { every: Infinity, length: 0 }) {
    this.#byteTime = byteTime;
    this.#stall = stall;
  }

  sendKey(code: string, down: boolean): void {
    const stroke = keyStroke(code, down);
    const bytes = (stroke?.kind === 'code' && stroke.code > 0xff ? 1 : 0) + (down ? 1 : 2);
    const fill = this.#queue.reduce((sum, entry) => sum + entry.bytes, 0);
    if (fill + bytes > 16) this.lost++;
    else this.#queue.push({ key: `${down ? '+' : '-'}${code}`, bytes });
  }

  pass(milliseconds: number): void {
    const end = this.now + milliseconds;
    while (this.#nextByte <= end) {
      this.now = this.#nextByte;
      const isStalled = this.now % this.#stall.every < this.#stall.length;
      if (!isStalled) this.#takeByte();
      this.#nextByte += this.#byteTime;
    }
    this.now = end;
  }

  #takeByte(): void {
    const [first] = this.#queue;
    if (first === undefined) return;
    first.bytes--;
    if (first.bytes > 0) return;
    this.#queue.shift();
    this.log.push(first.key);
    const code = first.key.slice(1);
    if (first.key.startsWith('+')) this.down.add(code);
    else this.down.delete(code);
  }
}

/** What the guest's log makes with the layout. */
function textOf(log: readonly string[], layout: LayoutTable, from: string): string {
  const characters = new Map<string, string>();
  for (const character of from) {
    const places = layout.get(character)?.keys.map((key) => JSON.stringify(key)) ?? [];
    characters.set(places.join(), character);
  }
  const down = new Set<string>();
  let text = '';
  let waiting = '';
  for (const entry of log) {
    const code = entry.slice(1);
    if (entry.startsWith('-')) down.delete(code);
    else if (modifiers.has(code)) down.add(code);
    else {
      const key = JSON.stringify({ code, shift: down.has('ShiftLeft'), altGr: down.has('AltRight') });
      const character = characters.get(waiting + key);
      text += character ?? '';
      waiting = character === undefined ? `${key},` : '';
    }
  }
  return text;
}

async function type(text: string, layoutName: KeyboardLayout, guest: Ps2Guest, hasCaps = false) {
  const layout = await loadLayout(layoutName);
  const typist = new Typist(
    { sendKey: (code, down) => guest.sendKey(code, down), hasCapsLock: () => hasCaps },
    {
      pause: (milliseconds, signal) => {
        guest.pass(milliseconds);
        signal?.throwIfAborted();
        return Promise.resolve();
      },
    },
  );
  await typist.type(text, layout);
  guest.pass(10_000);
  return textOf(guest.log, layout, text);
}

const samples: readonly [KeyboardLayout, string][] = [
  ['us', 'Hello World 123\n'],
  ['us', `${'A'.repeat(200)}\n`],
  ['us', 'a!B@c#D$'.repeat(40)],
  ['us', `if [ "$A" != '' ]; then echo {~}\\|; fi\n`.repeat(40)],
  ['de', 'Größe@Straße {~} [éÈ^`] €µ|\n'.repeat(10)],
  ['tr', 'İstanbul ılık iğde ÇÖŞ @\\\n'.repeat(10)],
];

it.each(samples)('a guest with a small queue that stalls gets all of it: %s', async (layout, text) => {
  for (const [byteTime, stall] of [
    [1, undefined],
    [4, { every: 200, length: 40 }],
    [6, undefined],
    [2, { every: 500, length: 50 }],
  ] as const) {
    const guest = new Ps2Guest(byteTime, stall);
    expect(await type(text, layout, guest), `${byteTime}`).toBe(text);
    expect([guest.lost, [...guest.down]]).toEqual([0, []]);
  }
});

it('a plain character takes 20 ms, and capitals in a row as long', async () => {
  const [small, capitals] = [new Ps2Guest(1), new Ps2Guest(1)];
  const done: number[] = [];
  for (const [guest, text] of [
    [small, 'a'.repeat(100)],
    [capitals, 'A'.repeat(100)],
  ] as const) {
    await new Typist(
      { sendKey: (code, down) => guest.sendKey(code, down), hasCapsLock: () => false },
      { pause: (milliseconds) => Promise.resolve(guest.pass(milliseconds)) },
    ).type(text, usLayout);
    done.push(Math.round(guest.now));
  }
  expect(done[0]).toBe(2000);
  expect(done[1]).toBeLessThan(2200);
});

it('keeps a modifier down over characters that need it, and turns Shift round under Caps Lock', async () => {
  const guest = new Ps2Guest(1);
  await type('ABC d', 'us', guest);
  const strokes = (text: string): string[] => [...text].flatMap((key) => [`+Key${key}`, `-Key${key}`]);
  const space = ['+Space', '-Space'];
  expect(guest.log.slice(0, 12)).toEqual([
    '+ShiftLeft',
    ...strokes('ABC'),
    '-ShiftLeft',
    ...space,
    ...strokes('D'),
  ]);
  const caps = new Ps2Guest(1);
  await type('aB1', 'us', caps, true);
  expect(caps.log).toEqual([
    '+ShiftLeft',
    ...strokes('A'),
    '-ShiftLeft',
    ...strokes('B'),
    '+Digit1',
    '-Digit1',
  ]);
});

it('releases modifiers once more where a full queue may have lost that', async () => {
  const guest = new Ps2Guest(1);
  await type('A'.repeat(10), 'us', guest);
  expect(guest.log.slice(-3)).toEqual(['-ShiftLeft', '-ShiftLeft', '-AltRight']);
});

it('can be cancelled, with no modifier left down, and tells how far it is', async () => {
  const guest = new Ps2Guest(1);
  const aborting = new AbortController();
  const seen: number[] = [];
  const typed = new Typist(
    { sendKey: (code, down) => guest.sendKey(code, down), hasCapsLock: () => false },
    {
      pause: (milliseconds, signal) => {
        guest.pass(milliseconds);
        signal?.throwIfAborted();
        return Promise.resolve();
      },
    },
  ).type('ABCDEF', usLayout, aborting.signal, (characters) => {
    seen.push(characters);
    if (characters === 3) aborting.abort();
  });
  await expect(typed).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  guest.pass(1000);
  expect(seen).toEqual([1, 2, 3]);
  expect(guest.log.at(-1)).toBe('-ShiftLeft');
  expect([...guest.down]).toEqual([]);
});
