import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentMessages, clipboardType } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { agentArbitraries, type AgentArbitraries } from '../../tests/fuzz/agent-arbitraries.ts';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';
import type { ToAgent } from '../threads/agent-messages.ts';
import { FakeGuest, linuxBits } from './test-guest.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** From now on, the sizes of all arrays of bytes that are made, not those that are views. */
function watchAllocations(): number[] {
  const sizes: number[] = [];
  const made = globalThis.Uint8Array;
  const watched = new Proxy(made, {
    construct(target, args: [number | ArrayLike<number>], newTarget) {
      const array = Reflect.construct(target, args, newTarget) as Uint8Array;
      if (!(args[0] instanceof ArrayBuffer)) sizes.push(array.length);
      return array;
    },
  });
  vi.stubGlobal('Uint8Array', watched);
  return sizes;
}

const set = agentMessages({ selection: true, grabSerial: true });
const values = agentArbitraries(true, true);

/** A message of the agent: any of the table, with any value, its body sometimes cut or garbled. */
const said = fc
  .constantFrom(...(Object.keys(values) as (keyof AgentArbitraries)[]))
  .chain((name) =>
    fc.record({
      name: fc.constant(name),
      value: values[name] as fc.Arbitrary<never>,
      cut: fc.option(fc.nat(40), { freq: 5 }),
      garbled: fc.option(fc.tuple(fc.nat(40), fc.nat(255)), { freq: 5 }),
      // Lies about the size, which lose the stream or announce what never comes.
      size: fc.option(fc.constantFrom(0, 3, 70_000, 0x7fffffff, 0xffffffff), { freq: 8 }),
    }),
  )
  .map(({ name, value, cut, garbled, size }) => (guest: FakeGuest): void => {
    let body = set.write(name, value).slice();
    if (cut !== null) body = body.subarray(0, cut);
    if (garbled !== null && garbled[0] < body.length) body[garbled[0]] = garbled[1];
    guest.sayRaw(set.typeOf(name), body, size ?? body.length);
  });

const commands: fc.Arbitrary<ToAgent> = fc.oneof(
  fc.constant<ToAgent>({ kind: 'clipboardOffer', formats: ['text/plain', 'image/png'] }),
  fc.constant<ToAgent>({ kind: 'clipboardOffer', formats: [] }),
  fc
    .record({ primary: fc.boolean(), limit: fc.nat(1000) })
    .map((given): ToAgent => ({ kind: 'clipboardSettings', ...given })),
  fc.nat(5).map((answer): ToAgent => ({
    kind: 'clipboardAnswer',
    answer,
    data: answer % 2 === 0 ? 'text' : new Blob(['x']),
  })),
  fc.nat(5).map((id): ToAgent => ({
    kind: 'sendFiles',
    files: [{ id, path: `../${id}`, file: new Blob(['content']) }],
  })),
  fc.nat(5).map((id): ToAgent => ({ kind: 'cancelTransfer', id })),
  fc.constant<ToAgent>({ kind: 'effects', effects: { disabled: ['wallpaper'], colorDepth: 16 } }),
);

const ours = fc.oneof(
  commands.map(
    (command) =>
      (guest: FakeGuest): void =>
        guest.agent.command(command),
  ),
  fc.constantFrom(0, 1).map((selection) => (guest: FakeGuest): void => {
    void guest.agent.requestClipboard('text/plain', selection);
    void guest.agent.requestClipboard('image/png', selection);
  }),
  fc.constant((guest: FakeGuest): void => guest.agent.disconnected()),
  fc.constant((guest: FakeGuest): void => guest.agent.connected()),
  fc.nat(50).map(
    (count) =>
      (guest: FakeGuest): void =>
        guest.agent.addTokens(count),
  ),
  fc.constant((): void => void vi.advanceTimersByTime(61_000)),
);

describe('a hostile agent', () => {
  it('whatever it says and whenever, only says what we made of it: sentences, sizes, names of formats', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 3, arbitrary: said }, ours), { maxLength: 40 }),
        async (acts) => {
          const guest = new FakeGuest(linuxBits, false);
          for (const act of acts) {
            act(guest);
            await Promise.resolve();
          }
          vi.advanceTimersByTime(61_000);
          guest.agent.dispose();
          for (const message of guest.posted) {
            if (message.kind === 'agentTrouble') expect(message.message).toMatch(/\S/);
            if (message.kind === 'clipboardGrab') {
              for (const format of message.formats) expect(['text/plain', 'image/png']).toContain(format);
            }
            if (message.kind === 'transfer' && message.change.state === 'failed') {
              expect(message.change.message).toMatch(/^(The|Nobody) .*\.$/);
            }
          }
        },
      ),
      fuzzRuns(150),
    );
  });

  it('that announces much and sends little takes no memory, and what comes after it is lost alone', () => {
    const guest = new FakeGuest();
    const sizes = watchAllocations();
    for (let i = 0; i < 50; i++) {
      guest.agent.disconnected();
      guest.agent.setTokens(10);
      guest.agent.connected();
      guest.announce(linuxBits, 1);
      guest.say('clipboardGrab', { selection: 0, serial: 0, types: [1] });
      void guest.agent.requestClipboard('text/plain', 0);
      guest.sayRaw(4, new Uint8Array(100), 63_000_000);
    }
    expect(sizes.length, 'arrays were seen').toBeGreaterThan(50);
    expect(Math.max(...sizes), 'the largest, though 63 MB were announced').toBeLessThanOrEqual(64 * 1024);
  });

  it('whose chunks never end is cut off at the limit, in words, and the clipboard works again', async () => {
    const guest = new FakeGuest();
    guest.say('clipboardGrab', { selection: 0, serial: 0, types: [1] });
    const asked = guest.agent.requestClipboard('text/plain', 0);
    guest.sayRaw(4, new Uint8Array(0), 400_000_000);
    expect(await asked).toBeNull();
    const chunk = new Uint8Array(2_000_000);
    const sizes = watchAllocations();
    for (let i = 0; i < 200; i++) guest.agent.receive(chunk);
    expect(sizes, 'nothing of it is kept').toEqual([]);
    expect(guest.posted.at(-1)).toMatchObject({ message: expect.stringMatching(/more than 64.0 MB/) });
    const again = guest.agent.requestClipboard('text/plain', 0);
    guest.say('clipboard', { selection: 0, type: clipboardType.utf8Text, data: Uint8Array.of(0x61) });
    expect(await again).toBe('a');
  });

  it('that answers what nobody asked is not heard', async () => {
    const guest = new FakeGuest();
    const posted = guest.posted.length;
    for (let id = 0; id < 300; id++) {
      guest.say('fileXferStatus', { id, result: id % 9, detail: new Uint8Array(id % 13) });
      guest.say('clipboard', { selection: id % 4, type: id % 8, data: new Uint8Array(50) });
      guest.say('reply', { type: id, error: id });
    }
    expect(guest.posted.length).toBe(posted);
    expect(guest.of('fileXferStatus')).toEqual([]);
  });
});
