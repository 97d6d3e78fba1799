import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HELLO_SIZE, readClientHello } from './client-hello.ts';
import { LinkError } from './link-error.ts';
import { writeLinkRequest } from './link-messages.ts';

const request = {
  connectionId: 0x12345678,
  channelType: 6,
  channelId: 1,
  commonCaps: [9, 0x80000000],
  channelCaps: [0x1234],
};
const bytes = writeLinkRequest(request);

/** The bytes with one of the header's or the message's u32 replaced. */
function changed(at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

function failureOf(given: Uint8Array): unknown {
  try {
    readClientHello(given);
  } catch (error) {
    return error instanceof LinkError ? error.code : error;
  }
  return 'none';
}

describe('readClientHello', () => {
  it('waits for the whole message, and says what it is whatever comes behind', () => {
    for (let size = 0; size < bytes.length; size++) {
      expect(readClientHello(bytes.subarray(0, size))).toBeUndefined();
    }
    const hello = { ...request, size: bytes.length };
    expect(readClientHello(bytes)).toEqual(hello);
    expect(readClientHello(Uint8Array.from([...bytes, ...new Uint8Array(200).fill(7)]))).toEqual(hello);
  });

  it('keeps nothing of the bytes', () => {
    const shared = bytes.slice();
    const hello = readClientHello(shared);
    shared.fill(0);
    expect(hello).toEqual({ ...request, size: bytes.length });
  });

  it('knows at the first wrong byte that it is not SPICE', () => {
    for (const text of ['G', 'RX', 'REX', 'REDX', 'GET / HTTP/1.1\r\n', '\u0016\u0003\u0001']) {
      expect(failureOf(new TextEncoder().encode(text))).toBe(2);
    }
  });

  it.each<[string, number, number, number]>([
    ['an older version', 4, 1, 4],
    ['a newer version', 4, 3, 4],
    ['a message that is too short', 12, 17, 3],
    ['a message that is too long', 12, 4097, 3],
    ['more capabilities than there is room for', 22, 100, 3],
    ['millions of capabilities', 26, 0xffffffff, 3],
    ['capabilities outside of the message', 30, 5000, 3],
    ['capabilities that overlap what is before', 30, 4, 3],
  ])('refuses %s', (_what, at, value, code) => {
    expect(failureOf(changed(at, value))).toBe(code);
  });

  it('refuses a wrong header before the message is there', () => {
    expect(failureOf(changed(12, 0xffffffff).subarray(0, 16))).toBe(3);
    expect(failureOf(changed(4, 1).subarray(0, 16))).toBe(4);
  });

  it('takes the longest hello', () => {
    const words = (MAX_HELLO_SIZE - 34) / 4;
    const size = Math.floor(words);
    const long = writeLinkRequest({ ...request, commonCaps: Array<number>(size).fill(1), channelCaps: [] });
    expect(readClientHello(long)?.size).toBe(long.length);
  });

  it('waits or ends with a LinkError on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(bytes.length), (noise, at) => {
        const given = Uint8Array.from([...bytes.subarray(0, at), ...noise]);
        expect(['none', 2, 3, 4]).toContain(failureOf(given));
      }),
    );
  });
});
