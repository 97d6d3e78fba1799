import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../wire/byte-queue.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { capabilityWords, commonCapability as cap } from './capabilities.ts';
import { advanceLink, ClientLink, type LinkStep } from './client-link.ts';
import { LinkError } from './link-error.ts';
import { readLinkHeader, readLinkRequest, writeLinkReply, type LinkReply } from './link-messages.ts';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';

const clientCaps = capabilityWords([cap.authSelection, cap.miniHeader]);
const serverCaps = capabilityWords([cap.authSelection, cap.authSpice, cap.miniHeader]);

function newLink(commonCaps = clientCaps): ClientLink {
  return new ClientLink({ connectionId: 7, channelType: 2, channelId: 1, commonCaps, channelCaps: [0x1234] });
}

function reply(over: Partial<LinkReply> = {}): Uint8Array {
  return writeLinkReply({
    error: 0,
    publicKey: new Uint8Array(162).fill(5),
    commonCaps: serverCaps,
    channelCaps: [3, 4],
    ...over,
  });
}

function result(code: number): Uint8Array {
  return Uint8Array.of(code, 0, 0, 0);
}

function feed(link: ClientLink, bytes: Uint8Array): LinkStep {
  const queue = new ByteQueue();
  queue.push(bytes);
  return link.receive(queue);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Runs the stage on bytes in pieces of `size`; returns what was sent and the result. */
async function run(bytes: Uint8Array, size: number, link = newLink()) {
  const queue = new ByteQueue();
  const sent: number[] = [...link.start()];
  const encrypt = async (): Promise<Uint8Array> => new Uint8Array(128).fill(9);
  for (let at = 0; at < bytes.length; at += size) {
    queue.push(bytes.slice(at, at + size));
    const done = await advanceLink(link, queue, encrypt, (more) => sent.push(...more));
    if (done !== undefined) {
      queue.push(bytes.slice(at + size));
      return { done, sent, left: [...queue.take(queue.length)] };
    }
  }
  return { done: undefined, sent, left: [] };
}

describe('ClientLink', () => {
  it('starts with header, request and capability words', () => {
    const bytes = newLink().start();
    expect(readLinkHeader(bytes.subarray(0, 16))).toEqual({
      magic: 0x51444552,
      major: 2,
      minor: 2,
      size: 26,
    });
    expect(String.fromCharCode(...bytes.subarray(0, 4))).toBe('REDQ');
    expect(readLinkRequest(bytes.subarray(16))).toEqual({
      connectionId: 7,
      channelType: 2,
      channelId: 1,
      commonCaps: [9],
      channelCaps: [0x1234],
    });
  });

  it('asks for a ticket, selects the mechanism and reports what the server has', async () => {
    const bytes = Uint8Array.from([...reply(), ...result(0), 1, 2, 3]);
    const { done, sent, left } = await run(bytes, bytes.length);
    expect(done).toEqual({ serverCommonCaps: serverCaps, serverChannelCaps: [3, 4], miniHeader: true });
    expect(sent.slice(42)).toEqual([1, 0, 0, 0, ...new Uint8Array(128).fill(9)]);
    expect(left).toEqual([1, 2, 3]);
  });

  it('comes to the same for every size of pieces', async () => {
    const bytes = Uint8Array.from([...reply(), ...result(0), 1, 2, 3]);
    const whole = await run(bytes, bytes.length);
    for (const size of [1, 2, 3, 15, 16, 17, 100]) expect(await run(bytes, size)).toEqual(whole);
  });

  it('sends the ticket alone and full headers where the server lacks the capabilities', async () => {
    const bytes = Uint8Array.from([...reply({ commonCaps: [] }), ...result(0)]);
    const { done, sent } = await run(bytes, 50);
    expect(done?.miniHeader).toBe(false);
    expect(sent.slice(42)).toEqual([...new Uint8Array(128).fill(9)]);
  });

  it.each([
    [7, 'auth'],
    [5, 'secure-required'],
    [6, 'unsecured-required'],
    [8, 'session'],
    [9, 'channel'],
    [4, 'version'],
    [1, 'refused'],
    [99, 'refused'],
  ])('names link error %i in the reply and after the ticket', async (code, kind) => {
    const bare = { error: code, commonCaps: [], channelCaps: [], publicKey: new Uint8Array(162) };
    expect(() => feed(newLink(), reply(bare))).toThrow(
      expect.objectContaining({ name: 'LinkError', kind, code }),
    );
    const late = run(Uint8Array.from([...reply(), ...result(code)]), 10);
    await expect(late).rejects.toMatchObject({ name: 'LinkError', kind, code });
  });

  it('says so when the server only has SASL', () => {
    const commonCaps = capabilityWords([cap.authSelection, cap.authSasl]);
    expect(() => feed(newLink(), reply({ commonCaps }))).toThrow(
      expect.objectContaining({ kind: 'auth-unsupported' }),
    );
  });

  it.each([
    [ascii('HTTP/1.1 400 Bad Request\r\n\r\n'), 'not-spice'],
    [ascii('HTT'), 'not-spice'],
    [Uint8Array.of(0x15, 0x03, 0x03, 0, 2, 2, 0x46), 'secure-required'],
    [ascii('SSH-2.0-OpenSSH_9.2\r\n'), 'not-spice'],
    [ascii('REDX'), 'not-spice'],
  ])('tells what else the server speaks: %s', (bytes, kind) => {
    expect(() => feed(newLink(), bytes)).toThrow(expect.objectContaining({ name: 'LinkError', kind }));
  });

  it('refuses another major version', () => {
    const bytes = reply();
    bytes[4] = 3;
    expect(() => feed(newLink(), bytes)).toThrow(expect.objectContaining({ kind: 'version' }));
  });

  it.each([
    ['a size below the reply', 12, 177],
    ['a size above 4096', 12, 4097],
    ['more common words than fit', 16 + 166, 500],
    ['more channel words than fit', 16 + 170, 3],
    ['2^32 - 1 words', 16 + 166, 0xffffffff],
    ['capabilities inside the reply', 16 + 174, 177],
    ['capabilities behind the reply', 16 + 174, 191],
  ])('refuses %s', (_what, offset, value) => {
    const bytes = reply();
    new DataView(bytes.buffer).setUint32(offset, value, true);
    expect(() => feed(newLink(), bytes)).toThrow(ProtocolError);
  });

  it('ends with a typed error or a step on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(210), fc.boolean(), (noise, at, fromReply) => {
        const bytes = fromReply
          ? Uint8Array.from([...reply(), 0, 0, 0, 0])
          : new Uint8Array(noise.length + at);
        bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
        try {
          expect(['wait', 'ticket']).toContain(feed(newLink(), bytes).kind);
        } catch (error) {
          expect(error instanceof LinkError || error instanceof ProtocolError).toBe(true);
        }
      }),
      fuzzRuns(100),
    );
  });
});
