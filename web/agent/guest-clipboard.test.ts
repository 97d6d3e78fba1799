import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clipboardType } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { decodeText, encodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import { FakeGuest, linuxBits, settled, windowsBits } from './test-guest.ts';

describe('the clipboard', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const offer = (guest: FakeGuest): void =>
    guest.agent.command({ kind: 'clipboardOffer', formats: ['text/plain'] });
  const wanted = (guest: FakeGuest): number[] =>
    guest.posted.flatMap((one) => (one.kind === 'clipboardWanted' ? [one.answer] : []));

  it('is offered with counted serials and given on request', async () => {
    const guest = new FakeGuest();
    offer(guest);
    offer(guest);
    expect(guest.of('clipboardGrab')).toMatchObject([
      { serial: 0, types: [1] },
      { serial: 1, types: [1] },
    ]);
    guest.say('clipboardRequest', { selection: 0, type: clipboardType.utf8Text });
    guest.agent.command({ kind: 'clipboardAnswer', answer: wanted(guest)[0] ?? 0, data: 'a\nü\r\n' });
    await settled();
    expect(guest.of('clipboard').map(({ type, data }) => [type, decodeText(data)])).toEqual([
      [1, 'a\nü\r\n'],
    ]);
  });

  it('has the line ends of the guest', async () => {
    const guest = new FakeGuest(windowsBits);
    offer(guest);
    guest.say('clipboardRequest', { selection: 0, type: 1 });
    guest.agent.command({ kind: 'clipboardAnswer', answer: wanted(guest)[0] ?? 0, data: 'a\nb\r\nc' });
    await settled();
    expect(decodeText(guest.of('clipboard')[0].data)).toBe('a\r\nb\r\nc');
    guest.say('clipboardGrab', { selection: 0, serial: 1, types: [1] });
    const asked = guest.agent.requestClipboard('text/plain', 0);
    guest.say('clipboard', { selection: 0, type: 1, data: encodeText('x\r\ny\0') });
    expect(await asked).toBe('x\ny');
  });

  it('stays ours when both sides grab at once', async () => {
    const guest = new FakeGuest();
    offer(guest);
    guest.say('clipboardGrab', { selection: 0, serial: 0, types: [1] });
    expect(guest.posted.some(({ kind }) => kind === 'clipboardGrab')).toBe(false);
    guest.say('clipboardGrab', { selection: 0, serial: 1, types: [1, 2, 77] });
    expect(guest.posted.at(-1)).toEqual({
      kind: 'clipboardGrab',
      selection: 0,
      formats: ['text/plain', 'image/png'],
    });
    // What was ours is not ours any more.
    guest.say('clipboardRequest', { selection: 0, type: 1 });
    await settled();
    expect(guest.of('clipboard').at(-1)).toMatchObject({ type: clipboardType.none });
  });

  it('answers none for what it does not have, other selections, and silence of the page', async () => {
    const guest = new FakeGuest();
    guest.say('clipboardRequest', { selection: 0, type: 1 });
    offer(guest);
    guest.say('clipboardRequest', { selection: 0, type: clipboardType.png });
    guest.say('clipboardRequest', { selection: 1, type: 1 });
    guest.say('clipboardRequest', { selection: 200, type: 1 });
    guest.say('clipboardRequest', { selection: 0, type: 1 });
    vi.runAllTimers();
    await settled();
    expect(guest.of('clipboard').map(({ type, selection }) => [type, selection])).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 200],
      [0, 0],
    ]);
  });

  it('asks one after the other, and ends with null when the guest refuses, is silent or goes', async () => {
    const guest = new FakeGuest();
    expect(await guest.agent.requestClipboard('text/plain', 0)).toBeNull();
    guest.say('clipboardGrab', { selection: 0, serial: 0, types: [1, 2] });
    const [text, image] = [
      guest.agent.requestClipboard('text/plain', 0),
      guest.agent.requestClipboard('image/png', 0),
    ];
    expect(guest.of('clipboardRequest').length).toBe(1);
    guest.say('clipboard', { selection: 0, type: clipboardType.none, data: new Uint8Array(0) });
    expect(await text).toBeNull();
    expect(guest.of('clipboardRequest').map(({ type }) => type)).toEqual([1, 2]);
    vi.runAllTimers();
    expect(await image).toBeNull();
    const last = guest.agent.requestClipboard('text/plain', 0);
    guest.agent.disconnected();
    expect(await last).toBeNull();
  });

  it('too large is told in words', async () => {
    const guest = new FakeGuest();
    guest.say('clipboardGrab', { selection: 0, serial: 0, types: [1] });
    const asked = guest.agent.requestClipboard('text/plain', 0);
    guest.sayRaw(4, new Uint8Array(0), 0xfffffff0);
    expect(await asked).toBeNull();
    expect(guest.posted.at(-1)).toMatchObject({ kind: 'agentTrouble', about: 'clipboard' });
  });

  it('has pictures as PNG in the browser and as PNG or BMP in the guest', async () => {
    const guest = new FakeGuest();
    guest.say('clipboardGrab', { selection: 0, serial: 0, types: [clipboardType.jpg, clipboardType.bmp] });
    expect(guest.posted.at(-1)).toMatchObject({ kind: 'clipboardGrab', formats: ['image/png'] });
    const asked = guest.agent.requestClipboard('image/png', 0);
    expect(guest.of('clipboardRequest').map(({ type }) => type)).toEqual([clipboardType.bmp]);
    guest.say('clipboard', { selection: 0, type: clipboardType.bmp, data: Uint8Array.of(7, 8, 9) });
    expect(new Uint8Array((await asked) as ArrayBuffer)).toEqual(Uint8Array.of(clipboardType.bmp, 7, 8, 9));
    const broken = guest.agent.requestClipboard('image/png', 0);
    guest.say('clipboard', { selection: 0, type: clipboardType.bmp, data: Uint8Array.of(7) });
    expect(await broken).toBeNull();
    expect(guest.posted.at(-1)).toMatchObject({ message: expect.stringMatching(/not a picture/) });

    guest.agent.command({ kind: 'clipboardOffer', formats: ['image/png'] });
    expect(guest.of('clipboardGrab').at(-1)).toMatchObject({ types: [clipboardType.png, clipboardType.bmp] });
    guest.say('clipboardRequest', { selection: 0, type: clipboardType.bmp });
    guest.agent.command({ kind: 'clipboardAnswer', answer: wanted(guest)[0] ?? 0, data: new Blob(['png']) });
    await settled();
    expect(guest.of('clipboard').map(({ type, data }) => [type, data[0]])).toEqual([[3, 3]]);
  });

  it.each([
    [clipboardType.tiff, /TIFF, which browsers cannot read/],
    [clipboardType.fileList, /cannot bring them out/],
  ])('that holds only type %i is told in words', (type, words) => {
    const guest = new FakeGuest();
    guest.say('clipboardGrab', { selection: 0, serial: 0, types: [type] });
    expect(guest.posted.slice(-2)).toMatchObject([
      { kind: 'agentTrouble', about: 'clipboard', message: expect.stringMatching(words) },
      { kind: 'clipboardGrab', formats: [] },
    ]);
  });

  it('shares PRIMARY only where that is wanted, and selecting leaves what was copied', async () => {
    const guest = new FakeGuest();
    const settings = (primary: boolean): void =>
      guest.agent.command({ kind: 'clipboardSettings', primary, limit: 1e6 });
    guest.say('clipboardGrab', { selection: 1, serial: 0, types: [1] });
    expect(guest.posted.some(({ kind }) => kind === 'clipboardGrab')).toBe(false);
    offer(guest);
    settings(true);
    // The guest's own serial was counted although it was not shared.
    const grabs = guest.of('clipboardGrab').map(({ selection, serial }) => [selection, serial]);
    expect(grabs).toEqual([
      [0, 0],
      [1, 1],
    ]);
    guest.say('clipboardGrab', { selection: 1, serial: 2, types: [1] });
    expect(guest.posted.at(-1)).toMatchObject({ selection: 1, formats: ['text/plain'] });
    const asked = guest.agent.requestClipboard('text/plain', 1);
    guest.say('clipboard', { selection: 0, type: 1, data: encodeText('of another selection') });
    guest.say('clipboard', { selection: 1, type: 1, data: encodeText('selected') });
    expect(await asked).toBe('selected');
    guest.say('clipboardRequest', { selection: 0, type: 1 });
    expect(wanted(guest).length).toBe(1);
    offer(guest);
    settings(false);
    expect(guest.of('clipboardRelease')).toEqual([{ selection: 1 }]);
  });

  it('keeps the limit, which may change, both ways', async () => {
    const guest = new FakeGuest();
    const limit = 5;
    guest.agent.command({ kind: 'clipboardSettings', primary: false, limit });
    expect(guest.of('maxClipboard')).toEqual([{ max: 64_000_000 }, { max: limit }]);
    guest.say('clipboardGrab', { selection: 0, serial: 0, types: [1] });
    const asked = guest.agent.requestClipboard('text/plain', 0);
    guest.say('clipboard', { selection: 0, type: 1, data: encodeText('123456') });
    expect(await asked).toBeNull();
    const words = (pattern: RegExp): object => ({
      kind: 'agentTrouble',
      message: expect.stringMatching(pattern),
    });
    expect(guest.posted.at(-1)).toMatchObject(words(/more than 5 bytes/));
    offer(guest);
    guest.say('clipboardRequest', { selection: 0, type: 1 });
    guest.agent.command({ kind: 'clipboardAnswer', answer: wanted(guest)[0] ?? 0, data: '123456' });
    await settled();
    expect(guest.posted.at(-1)).toMatchObject(words(/holds 6 bytes; at most 5 bytes/));
    expect(guest.of('clipboard')).toMatchObject([{ type: clipboardType.none }]);
  });

  it('that is interrupted by the end of the agent is told in words, once', async () => {
    const ended = (guest: FakeGuest): unknown[] =>
      guest.posted.filter((one) => one.kind === 'agentTrouble' && /agent ended/.test(one.message));
    const asking = new FakeGuest();
    asking.say('clipboardGrab', { selection: 0, serial: 0, types: [1] });
    const asked = asking.agent.requestClipboard('text/plain', 0);
    asking.agent.disconnected();
    expect(await asked).toBeNull();
    expect(ended(asking).length).toBe(1);

    const giving = new FakeGuest(linuxBits, false);
    giving.agent.addTokens(2);
    offer(giving);
    giving.say('clipboardRequest', { selection: 0, type: 1 });
    giving.agent.command({
      kind: 'clipboardAnswer',
      answer: wanted(giving)[0] ?? 0,
      data: 'x'.repeat(100_000),
    });
    await settled();
    giving.agent.disconnected();
    expect(ended(giving).length).toBe(1);
    giving.agent.disconnected();
    expect(ended(giving).length).toBe(1);
  });

  it('of a guest that asks without end costs nothing', async () => {
    const guest = new FakeGuest(linuxBits, false);
    offer(guest);
    for (let i = 0; i < 10_000; i++) guest.say('clipboardRequest', { selection: 0, type: 1 });
    expect(wanted(guest).length).toBeLessThan(20);
    await settled();
  });
});
