import { expect, it } from 'vitest';
import { linkReply } from '../testing/test-kit.ts';
import { ServerAnswer } from './server-answer.ts';

it('finds the demand for TLS as soon as it is there', () => {
  for (let size = 0; size <= 30; size++) {
    const secured = new ServerAnswer().take(linkReply(5).subarray(0, size));
    expect(secured?.needSecured).toBe(size < 20 ? undefined : true);
    const fine = new ServerAnswer().take(linkReply(0).subarray(0, size));
    expect(fine?.needSecured).toBe(size < 20 ? undefined : false);
  }
  // Only the whole number counts.
  expect(new ServerAnswer().take(linkReply(5 + 256))?.needSecured).toBe(false);
});

it('knows at the first wrong byte that it is not SPICE', () => {
  for (const text of ['G', 'RX', 'REX', 'REDX', 'GET / HTTP/1.1']) {
    expect(new ServerAnswer().take(Buffer.from(text))?.needSecured).toBe(false);
  }
});

it('loses no byte of what comes in pieces, and keeps little of it', () => {
  const reply = linkReply(0);
  for (const piece of [1, 7, 19, 20, 21, 300]) {
    const answer = new ServerAnswer();
    let at = 0;
    let verdict: ReturnType<ServerAnswer['take']>;
    while (verdict === undefined) {
      // In a buffer that is written over afterwards, as the bridge's are.
      const shared = Buffer.from(reply.subarray(at, at + piece));
      at += shared.length;
      verdict = answer.take(shared);
      if (verdict === undefined) shared.fill(0);
    }
    expect(answer.bytes.length).toBe(20);
    expect(Buffer.concat([answer.bytes, verdict.rest, reply.subarray(at)]).equals(reply)).toBe(true);
  }
});
