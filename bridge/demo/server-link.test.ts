import * as fc from 'fast-check';
import { capabilityWords, commonCapability as cap } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { readLinkReply, writeLinkRequest } from '@spice-viewer/shared-protocol/link/link-messages.ts';
import { encryptTicket } from '@spice-viewer/shared-protocol/link/ticket.ts';
import { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import { describe, expect, it } from 'vitest';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';
import { createTicketKeys, ServerLink, type ServerLinkStep } from './server-link.ts';

const keys = createTicketKeys();

function newLink(): ServerLink {
  return new ServerLink({
    keys,
    password: 'pass',
    channelCapabilities: (type) => (type === 1 ? [1] : undefined),
  });
}

function request(channelType = 1, bits: readonly number[] = [cap.authSelection, cap.miniHeader]): Uint8Array {
  return writeLinkRequest({
    connectionId: 0,
    channelType,
    channelId: 0,
    commonCaps: capabilityWords(bits),
    channelCaps: [],
  });
}

/** All steps that these bytes lead to, given in pieces. */
function steps(link: ServerLink, bytes: Uint8Array, piece = bytes.length): ServerLinkStep[] {
  const queue = new ByteQueue();
  const all: ServerLinkStep[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    queue.push(bytes.slice(at, at + piece));
    let step = link.receive(queue);
    for (; step.kind === 'send'; step = link.receive(queue)) all.push(step);
    if (step.kind === 'wait') continue;
    all.push(step);
    break;
  }
  return all;
}

async function ticket(password: string): Promise<Uint8Array> {
  return Uint8Array.from([1, 0, 0, 0, ...(await encryptTicket(keys.publicKey, password))]);
}

describe('ServerLink', () => {
  it.each([1, 7, 1000])('takes the right password, in pieces of %i bytes', async (piece) => {
    const bytes = Uint8Array.from([...request(), ...(await ticket('pass'))]);
    const [reply, done] = steps(newLink(), bytes, piece);
    expect(readLinkReply((reply as { bytes: Uint8Array }).bytes.subarray(16))).toMatchObject({
      error: 0,
      commonCaps: [0b1011],
      channelCaps: [2],
    });
    expect(done).toMatchObject({ kind: 'done', miniHeader: true });
  });

  it('refuses wrong passwords and tickets that do not decrypt', async () => {
    for (const wrong of [
      await ticket('Pass'),
      Uint8Array.from([1, 0, 0, 0, ...new Uint8Array(128).fill(7)]),
    ]) {
      const [, refused] = steps(newLink(), Uint8Array.from([...request(), ...wrong]));
      expect(refused).toEqual({ kind: 'refuse', bytes: Uint8Array.of(7, 0, 0, 0) });
    }
  });

  it('expects the ticket at once from clients that select no mechanism', async () => {
    const bytes = Uint8Array.from([...request(1, []), ...(await ticket('pass')).subarray(4)]);
    expect(steps(newLink(), bytes)[1]).toMatchObject({ kind: 'done', miniHeader: false });
  });

  it('hangs up on channels that it does not have, and on SASL', () => {
    expect(steps(newLink(), request(9))).toEqual([{ kind: 'refuse', bytes: new Uint8Array(0) }]);
    const [, refused] = steps(newLink(), Uint8Array.from([...request(), 2, 0, 0, 0]));
    expect(refused.kind).toBe('refuse');
  });

  it('survives any bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.uint8Array({ maxLength: 200 }), fc.boolean(), (edits, noise, onlyNoise) => {
        const bytes = onlyNoise ? noise : Uint8Array.from([...request(), ...noise]);
        for (const [at, byte] of edits) if (at < bytes.length) bytes[at] = byte;
        const last = steps(newLink(), bytes).at(-1)?.kind;
        expect([undefined, 'send', 'refuse']).toContain(last);
      }),
      fuzzRuns(100),
    );
  });
});
