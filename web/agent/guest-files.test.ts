import { agentCapability } from '@spice-viewer/shared-protocol/agent/agent-capabilities.ts';
import { fileTransferResult } from '@spice-viewer/shared-protocol/agent/agent-messages.ts';
import { decodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeGuest, linuxBits, settled, windowsBits } from './test-guest.ts';

afterEach(() => void vi.useRealTimers());

const can = { id: 0, result: fileTransferResult.canSendData, detail: new Uint8Array(0) };

function blob(text: string): Blob {
  return new Blob([text]);
}

function send(guest: FakeGuest, files: Record<string, Blob>): void {
  const list = Object.entries(files).map(([path, file], i) => ({ id: i + 1, path, file }));
  guest.agent.command({ kind: 'sendFiles', files: list });
}

function textOf(guest: FakeGuest, index: number): string {
  return decodeText(guest.of('fileXferStart')[index].text);
}

describe('files', () => {
  it('go in parts, a few files at a time, each until the guest confirms it', async () => {
    const guest = new FakeGuest();
    const content = 'x'.repeat(150_000);
    send(guest, { a: blob(content), b: blob(''), c: blob('c'), d: blob('d'), e: blob('e'), f: blob('f') });
    expect(guest.of('fileXferStart').length).toBe(4);
    expect(textOf(guest, 0)).toBe('[vdagent-file-xfer]\nname=a\nsize=150000\n');
    for (const id of [1, 2]) guest.say('fileXferStatus', { ...can, id });
    await vi.waitFor(() => expect(guest.of('fileXferData').length).toBe(4));
    const sizes = guest.of('fileXferData').map(({ id, size, data }) => [id, size.lo, data.length]);
    expect(sizes.filter(([id]) => id === 1)).toEqual([
      [1, 65_536, 65_536],
      [1, 65_536, 65_536],
      [1, 18_928, 18_928],
    ]);
    expect(sizes.filter(([id]) => id === 2)).toEqual([[2, 0, 0]]);
    guest.say('fileXferStatus', { ...can, id: 2, result: fileTransferResult.success });
    expect(guest.changes(2)).toContainEqual({ state: 'done' });
    expect(guest.of('fileXferStart').length).toBe(5);
  });

  it('keep their folders and odd names in Linux guests, and only a plain name elsewhere', () => {
    const linux = new FakeGuest();
    send(linux, { '/a/../b/./c\\d\n': blob('') });
    expect(textOf(linux, 0)).toBe('[vdagent-file-xfer]\nname=a/b/c\\\\d\\n\nsize=0\n');
    const windows = new FakeGuest(windowsBits);
    send(windows, { 'a/b/c': blob(''), '..': blob('') });
    expect(textOf(windows, 0)).toContain('name=c\n');
    expect(textOf(windows, 1)).toContain('name=file\n');
  });

  it.each([
    [fileTransferResult.cancelled, [], /cancelled the transfer/],
    [fileTransferResult.error, [], /could not write/],
    [fileTransferResult.error, [0, 12, 0, 0, 0], /disk is full/],
    [fileTransferResult.notEnoughSpace, [0, 0, 0, 0, 1, 0, 0, 0], /4\.3 GB are free/],
    [fileTransferResult.notEnoughSpace, [1], /not enough space\.$/],
    [fileTransferResult.sessionLocked, [], /locked/],
    [fileTransferResult.agentNotConnected, [], /logged in/],
    [fileTransferResult.disabled, [], /does not accept files/],
    [99, [1, 2, 3], /result 99/],
    [fileTransferResult.success, [], /before all was sent/],
  ])('that the guest ends with %i %j are told in words', (result, detail, words) => {
    const guest = new FakeGuest();
    send(guest, { a: blob('a') });
    guest.say('fileXferStatus', { id: 1, result, detail: Uint8Array.from(detail) });
    expect(guest.changes(1)).toMatchObject([{ state: 'failed', message: expect.stringMatching(words) }]);
    guest.say('fileXferStatus', { id: 1, result, detail: Uint8Array.from(detail) });
    expect(guest.changes(1).length).toBe(1);
  });

  it('are refused in words without an agent or where they are switched off', () => {
    const off = new FakeGuest([...linuxBits, agentCapability.fileXferDisabled]);
    send(off, { a: blob('a') });
    expect(off.changes(1)).toMatchObject([{ message: 'The guest does not accept files.' }]);
    off.agent.disconnected();
    off.posted.length = 0;
    send(off, { a: blob('a') });
    expect(off.changes(1)).toMatchObject([{ message: expect.stringMatching(/agent does not run/) }]);
  });

  it('end when they are cancelled, while they wait for tokens too, and when the agent goes', async () => {
    const guest = new FakeGuest(linuxBits, false);
    send(guest, { a: blob('x'.repeat(900_000)), b: blob('b') });
    guest.say('fileXferStatus', { ...can, id: 1 });
    await settled();
    guest.agent.command({ kind: 'cancelTransfer', id: 1 });
    expect(guest.changes(1).at(-1)).toMatchObject({ state: 'cancelled' });
    guest.agent.addTokens(100_000);
    await settled();
    expect(guest.of('fileXferStatus')).toMatchObject([{ id: 1, result: fileTransferResult.cancelled }]);
    expect(guest.received.at(-1)?.name).toBe('fileXferStatus');
    guest.agent.disconnected();
    expect(guest.changes(2).at(-1)).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/ended/),
    });
  });

  it('that change under the transfer fail in words', async () => {
    const guest = new FakeGuest();
    const file = blob('abc');
    Object.defineProperty(file, 'slice', {
      value: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
    });
    send(guest, { a: file });
    guest.say('fileXferStatus', { ...can, id: 1 });
    await vi.waitFor(() =>
      expect(guest.changes(1)).toMatchObject([{ message: expect.stringMatching(/no longer be read/) }]),
    );
    expect(guest.of('fileXferStatus')).toMatchObject([{ id: 1, result: fileTransferResult.cancelled }]);
  });

  it('fail in words when the agent takes nothing more of them for a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const guest = new FakeGuest(linuxBits, false);
    send(guest, { a: blob('x'.repeat(900_000)) });
    guest.say('fileXferStatus', { ...can, id: 1 });
    await settled();
    for (let minute = 0; minute < 5; minute++) {
      // Slow, but it goes on.
      await vi.advanceTimersByTimeAsync(59_000);
      guest.agent.addTokens(1);
    }
    expect(guest.changes(1).filter(({ state }) => state === 'failed')).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(guest.changes(1).at(-1)).toEqual({
      state: 'failed',
      message: 'The guest stopped taking the file. Send it again when its agent answers.',
    });
    await settled();
    guest.agent.addTokens(1000);
    await settled();
    expect(guest.of('fileXferStatus')).toMatchObject([{ id: 1, result: fileTransferResult.cancelled }]);
  });

  it('fail in words when a part of them finds no place in the queue', async () => {
    const guest = new FakeGuest(linuxBits, false);
    send(guest, { a: blob('a') });
    for (let n = 0; n < 5000; n++) guest.agent.command({ kind: 'volume', level: 1, muted: false });
    guest.say('fileXferStatus', { ...can, id: 1 });
    await settled();
    expect(guest.changes(1)).toEqual([
      {
        state: 'failed',
        message: 'The guest stopped taking the file. Send it again when its agent answers.',
      },
    ]);
  });

  it('can be many', () => {
    const guest = new FakeGuest();
    const count = 50_000;
    const file = blob('');
    const files = Array.from({ length: count }, (_, i) => ({ id: i + 1, path: 'a', file }));
    guest.agent.command({ kind: 'sendFiles', files });
    for (let id = count; id > 2; id--) guest.agent.command({ kind: 'cancelTransfer', id });
    expect(guest.of('fileXferStart').map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    guest.agent.command({ kind: 'sendFiles', files: [{ id: count + 1, path: 'b', file }] });
    expect(guest.of('fileXferStart').at(-1)).toMatchObject({ id: count + 1 });
  });
});
