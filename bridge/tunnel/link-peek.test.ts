import { expect, it } from 'vitest';
import { peekChannelType, peekNeedSecured } from './link-peek.ts';
import { linkMessage, linkReply } from '../testing/test-kit.ts';

it('finds the channel type as soon as it is there', () => {
  for (let size = 0; size <= 34; size++) {
    expect(peekChannelType(linkMessage(6).subarray(0, size))).toBe(size < 21 ? undefined : 6);
  }
});

it('finds the demand for TLS as soon as it is there', () => {
  for (let size = 0; size <= 30; size++) {
    expect(peekNeedSecured(linkReply(5).subarray(0, size))).toBe(size < 20 ? undefined : true);
    expect(peekNeedSecured(linkReply(0).subarray(0, size))).toBe(size < 20 ? undefined : false);
  }
  // Only the whole number counts.
  expect(peekNeedSecured(linkReply(5 + 256))).toBe(false);
});

it('knows at the first wrong byte that it is not SPICE', () => {
  for (const text of ['G', 'RX', 'REX', 'REDX', 'GET / HTTP/1.1']) {
    expect(peekChannelType(Buffer.from(text))).toBeNull();
    expect(peekNeedSecured(Buffer.from(text))).toBe(false);
  }
});
