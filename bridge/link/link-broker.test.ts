import { generateKeyPairSync } from 'node:crypto';
import { capabilityWords, commonCapability as cap } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { ClientLink, type LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import {
  type LinkRequest,
  writeLinkReply,
  writeLinkRequest,
} from '@spice-viewer/shared-protocol/link/link-messages.ts';
import { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '../errors/bridge-error.ts';
import { createTicketKeys, linkResult, ServerLink } from '../demo/server-link.ts';
import { answerTicket } from './answer-ticket.ts';
import { LinkBroker, refusalReply, TargetRefusal } from './link-broker.ts';

const keys = createTicketKeys();
const PASSWORD = 'a fine secret';
const clientCaps = capabilityWords([cap.authSelection, cap.miniHeader]);

interface Ends {
  readonly toClient: number[];
  readonly toTarget: number[];
  readonly done: { readonly toTarget: Uint8Array; readonly toClient: Uint8Array }[];
  accepted: number;
}

function newBroker(commonCaps = clientCaps): { broker: LinkBroker; ends: Ends } {
  const ends: Ends = { toClient: [], toTarget: [], done: [], accepted: 0 };
  const broker = new LinkBroker(helloOf(commonCaps), {
    toClient: (bytes) => ends.toClient.push(...bytes),
    toTarget: (bytes) => ends.toTarget.push(...bytes),
    onAccepted: () => void ends.accepted++,
    onDone: (rest) => ends.done.push(rest),
  });
  return { broker, ends };
}

function helloOf(commonCaps: readonly number[]): LinkRequest {
  return { connectionId: 7, channelType: 2, channelId: 1, commonCaps, channelCaps: [0x1234] };
}

/** A server's link reply, as spice-server's. */
function reply(over: { commonCaps?: number[]; error?: number; publicKey?: Uint8Array } = {}): Uint8Array {
  return writeLinkReply({
    error: 0,
    publicKey: keys.publicKey,
    commonCaps: capabilityWords([cap.authSelection, cap.authSpice, cap.miniHeader]),
    channelCaps: [3, 4],
    ...over,
  });
}

/** A broker whose target waits for the link reply. */
function atReply(): { broker: LinkBroker; ends: Ends } {
  const both = newBroker();
  both.broker.targetOpened(PASSWORD);
  return both;
}

function failureOf(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error instanceof BridgeError ? error.code : error;
  }
  return 'none';
}

/** Drives a client, the broker and a server against each other; bytes go in pieces of `size`. */
function connect(size: number, commonCaps: number[], password = PASSWORD) {
  const { broker, ends } = newBroker(commonCaps);
  const server = new ServerLink({
    keys,
    password: PASSWORD,
    channelCapabilities: (type, id) => (type === 2 && id === 1 ? [1, 33] : undefined),
  });
  const client = new ClientLink(helloOf(commonCaps));
  const pieces = (bytes: ArrayLike<number>, give: (piece: Uint8Array) => void): void => {
    for (let at = 0; at < bytes.length; at += size) give(Uint8Array.from(bytes).slice(at, at + size));
  };
  const fromServer = (bytes: ArrayLike<number>): void =>
    pieces(bytes, (piece) => {
      // In a buffer that is written over afterwards, as the bridge's are.
      const shared = Buffer.from(piece);
      broker.targetBytes(shared);
      shared.fill(0);
    });
  const serverQueue = new ByteQueue();
  const clientQueue = new ByteQueue();
  let seen: unknown;
  let result: LinkResult | undefined;
  broker.targetOpened(password);
  for (let turn = 0; turn < 20 && result === undefined; turn++) {
    pieces(ends.toTarget.splice(0), (piece) => serverQueue.push(piece));
    const step = server.receive(serverQueue);
    if (step.kind === 'send' || step.kind === 'refuse') {
      fromServer(step.bytes);
    } else if (step.kind === 'done' && seen === undefined) {
      seen = step;
      // The server's first messages come together with the result.
      fromServer([...linkResult(0), 8, 9]);
    }
    pieces(ends.toClient.splice(0), (piece) => clientQueue.push(piece));
    const wanted = client.receive(clientQueue);
    // The browser has no password: an empty ticket, made with the key it was given.
    if (wanted.kind === 'ticket') {
      pieces(client.ticket(answerTicket(wanted.publicKey, '')), (piece) => broker.clientBytes(piece));
    }
    if (wanted.kind === 'done') result = wanted.result;
  }
  return { result, seen, ends };
}

describe('LinkBroker', () => {
  it.each([
    [1, clientCaps],
    [7, clientCaps],
    [100_000, clientCaps],
    [100_000, capabilityWords([cap.authSelection])],
    [100_000, []],
    [3, []],
  ])('links both sides with pieces of %i and capabilities %j', (size, caps) => {
    const { result, seen, ends } = connect(size, caps);
    const miniHeader = caps.length > 0 && caps[0] === clientCaps[0];
    expect(seen).toMatchObject({
      kind: 'done',
      request: { connectionId: 7, channelType: 2, channelId: 1, channelCaps: [0x1234] },
      miniHeader,
    });
    expect(result).toMatchObject({ serverChannelCaps: capabilityWords([1, 33]), miniHeader });
    expect(ends.accepted).toBe(1);
    expect(ends.done).toHaveLength(1);
    expect([...(ends.done[0]?.toClient ?? [])]).toEqual([8, 9]);
    expect(ends.done[0]?.toTarget).toHaveLength(0);
  });

  it('tells a wrong password in words, and the client has got nothing', () => {
    expect(failureOf(() => connect(50, clientCaps, 'wrong'))).toBe('target-password');
    const { broker, ends } = atReply();
    broker.targetBytes(reply());
    expect(failureOf(() => broker.targetBytes(linkResult(7)))).toBe('target-password');
    expect(ends.toClient).toEqual([]);
  });

  it('can be given another connection and password while the client waits', () => {
    const { broker, ends } = atReply();
    const first = [...ends.toTarget];
    broker.targetBytes(reply({ error: 5 }).subarray(0, 100));
    ends.toTarget.length = 0;
    broker.targetOpened('another');
    expect(ends.toTarget).toEqual(first);
    broker.targetBytes(reply());
    broker.targetBytes(linkResult(0));
    expect(ends.accepted).toBe(1);
  });

  it.each([1, 4, 5, 6, 8, 9, 77])('hands on link error %i, from the reply or the result', (code) => {
    const early = atReply().broker;
    const bare = refusalReply(code);
    expect(failureOf(() => early.targetBytes(bare))).toEqual(new TargetRefusal(code));
    const late = atReply().broker;
    late.targetBytes(reply());
    expect(failureOf(() => late.targetBytes(Uint8Array.of(code, 0, 0, 0)))).toEqual(new TargetRefusal(code));
  });

  it('says that a server wants SASL', () => {
    const commonCaps = capabilityWords([cap.authSelection, cap.authSasl]);
    expect(failureOf(() => atReply().broker.targetBytes(reply({ commonCaps })))).toBe('target-sasl');
  });

  it('refuses a client that chooses SASL', () => {
    const { broker } = atReply();
    broker.targetBytes(reply());
    broker.targetBytes(linkResult(0));
    const ticket = new Uint8Array(132);
    ticket[0] = cap.authSasl;
    expect(failureOf(() => broker.clientBytes(ticket))).toBe('client-authentication');
  });

  it('never tells the client that SASL is there, nor asks the server for it', () => {
    const { broker, ends } = newBroker(capabilityWords([cap.authSelection, cap.authSasl, cap.miniHeader]));
    broker.targetOpened(PASSWORD);
    expect(ends.toTarget).toEqual([...writeLinkRequest(helloOf(clientCaps))]);
    broker.targetBytes(reply({ commonCaps: capabilityWords([0, 1, 2, 3, 40]) }));
    broker.targetBytes(linkResult(0));
    const words = [...reply({ commonCaps: capabilityWords([0, 1, 3, 40]) })];
    expect(ends.toClient).toEqual(words);
  });

  it('ends with a typed error on anything that a server says, and keeps little of it', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 6000 }),
      // A true reply with some bytes changed.
      fc.array(fc.tuple(fc.nat(220), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const changed = Uint8Array.from([...reply(), 0, 0, 0, 0]);
        for (const [at, byte] of changes) if (at < changed.length) changed[at] = byte;
        return changed;
      }),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 5000 }), (given, size) => {
        const { broker } = atReply();
        try {
          for (let at = 0; at < given.length; at += size) broker.targetBytes(given.subarray(at, at + size));
        } catch (error) {
          expect(error instanceof BridgeError || error instanceof TargetRefusal).toBe(true);
          if (error instanceof BridgeError) expect(error.code).toMatch(/^target-/);
        }
      }),
    );
  });

  it.each([
    ['no key', new Uint8Array(162)],
    ['noise', new Uint8Array(162).fill(0x30)],
    ['a key that is too short', padded(generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey)],
    ['an elliptic curve', padded(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)],
  ])('refuses a server with %s in its reply', (_what, publicKey) => {
    expect(failureOf(() => atReply().broker.targetBytes(reply({ publicKey })))).toBe('target-not-spice');
  });

  it('bounds what a client sends ahead', () => {
    const { broker } = atReply();
    expect(
      failureOf(() => {
        for (let count = 0; count < 100; count++) broker.clientBytes(new Uint8Array(1000));
      }),
    ).toBe('client-not-spice');
  });

  it('ends with a typed error or waits on anything that a client says behind its hello', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 6000 }),
        fc.boolean(),
        fc.boolean(),
        (noise, accepted, spice) => {
          const { broker } = atReply();
          if (accepted) {
            broker.targetBytes(reply());
            broker.targetBytes(linkResult(0));
          }
          const given = spice ? Uint8Array.from([1, 0, 0, 0, ...noise]) : noise;
          expect(['none', 'client-not-spice', 'client-authentication']).toContain(
            failureOf(() => broker.clientBytes(given)),
          );
        },
      ),
    );
  });
});

function padded(key: { export(options: { type: 'spki'; format: 'der' }): Buffer }): Uint8Array {
  const bytes = new Uint8Array(162);
  bytes.set(key.export({ type: 'spki', format: 'der' }));
  return bytes;
}

describe('answerTicket', () => {
  it.each(['x'.repeat(61), 'a\0b', 'ä'.repeat(31)])('refuses %j', (password) => {
    expect(failureOf(() => answerTicket(keys.publicKey, password))).toBe('target-password');
  });
});
