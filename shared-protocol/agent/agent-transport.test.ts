import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzRuns } from '../../tests/fuzz/runs.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { agentCapability } from './agent-capabilities.ts';
import { AgentConnection } from './agent-connection.ts';
import { agentMessages } from './agent-messages.ts';
import { agentHeaderSize, AgentReceiver, AgentSender, MAX_AGENT_CHUNK } from './agent-transport.ts';

const message = fc.tuple(
  fc.integer({ min: 1, max: 20 }),
  fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 2000, max: 9000 }).map((length) => Uint8Array.from({ length }, (_, i) => i * 7)),
  ),
);

/** Everything that a sender gives while it has tokens. */
function drain(sender: AgentSender | AgentConnection): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const next = (): Uint8Array | undefined => ('next' in sender ? sender.next() : sender.nextChunk());
  for (let chunk = next(); chunk !== undefined; chunk = next()) chunks.push(chunk.slice());
  return chunks;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

function header(type: number, size: number, protocol = 1): Uint8Array {
  const bytes = Buffer.alloc(agentHeaderSize);
  bytes.writeUInt32LE(protocol, 0);
  bytes.writeUInt32LE(type, 4);
  bytes.writeUInt32LE(size, 16);
  return bytes;
}

describe('chunks', () => {
  it('are small, never share messages, begin with a whole header, and arrive however they are cut', () => {
    const messages = fc.array(message, { maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(messages, cuts, (given, sizes) => {
        const sender = new AgentSender();
        sender.setTokens(10_000);
        let expected = 0;
        for (const [type, body] of given) {
          sender.push(type, body);
          expected += Math.ceil((body.length + agentHeaderSize) / MAX_AGENT_CHUNK);
        }
        const chunks = drain(sender);
        expect(chunks.length).toBe(expected);
        expect(sender.queuedBytes).toBe(0);
        for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(MAX_AGENT_CHUNK);
        const stream = join(chunks);
        const receiver = new AgentReceiver();
        const got: unknown[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          for (const item of receiver.receive(stream.subarray(at, at + size))) {
            if (item.kind === 'message') got.push([item.type, [...item.body]]);
          }
          at += size;
        }
        expect(got).toEqual(given.map(([type, body]) => [type, [...body]]));
      }),
      fuzzRuns(60),
    );
  });

  it('cost a token each', () => {
    const sender = new AgentSender();
    sender.push(1, new Uint8Array(MAX_AGENT_CHUNK * 3));
    sender.push(2, new Uint8Array(0));
    expect(sender.next()).toBeUndefined();
    sender.setTokens(2);
    expect(drain(sender).map(({ length }) => length)).toEqual([2048, 2048]);
    sender.addTokens(9);
    expect(drain(sender).map(({ length }) => length)).toEqual([2048, 20, 20]);
  });

  it('of a message that was begun are completed, others dropped, when the agent goes', () => {
    const sender = new AgentSender();
    sender.setTokens(1);
    sender.push(1, new Uint8Array(3000));
    sender.push(2, new Uint8Array(10));
    expect(drain(sender).length).toBe(1);
    sender.dropUnsent();
    expect(sender.queuedBytes).toBe(3000 - 2028);
    sender.push(3, new Uint8Array(1));
    sender.setTokens(10);
    expect(drain(sender).map(({ length }) => length)).toEqual([972, 21]);
    sender.push(4, new Uint8Array(10));
    sender.dropUnsent();
    expect(sender.next()).toBeUndefined();
    expect(sender.queuedBytes).toBe(0);
  });

  it('stop to queue before memory ends', () => {
    const sender = new AgentSender();
    let taken = 0;
    while (sender.push(9, new Uint8Array(0))) taken++;
    expect(taken).toBe(4096);
  });
});

describe('hostile agents', () => {
  it('only cause typed errors', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }),
        fc.boolean(),
        (chunks, real) => {
          const connection = new AgentConnection();
          connection.connected();
          for (const chunk of chunks) {
            const bytes = real ? join([header((chunk[0] ?? 0) % 20, chunk.length), chunk]) : chunk;
            const { errors } = connection.receive(bytes);
            for (const error of errors) expect(error).toBeInstanceOf(ProtocolError);
          }
        },
      ),
      fuzzRuns(200),
    );
  });

  it('cannot make us wait for a huge message, nor reserve its memory', () => {
    const receiver = new AgentReceiver();
    const items = receiver.receive(header(4, 0xffffffff));
    expect(items).toMatchObject([{ kind: 'failed', type: 4, error: { code: 'too-large' } }]);
    for (let i = 0; i < 100; i++) expect(receiver.receive(new Uint8Array(2048))).toEqual([]);
    expect(receiver.receive(new Uint8Array(0))).toEqual([]);
  });

  it('may send a message too large for us and go on', () => {
    const receiver = new AgentReceiver();
    const large = 2 * 1024 * 1024;
    expect(receiver.receive(header(3, large)).length).toBe(1);
    expect(receiver.receive(join([new Uint8Array(large), header(3, 1), Uint8Array.of(5)]))).toMatchObject([
      { kind: 'message', type: 3 },
    ]);
  });

  it('lose their stream with a wrong header, until the next agent comes', () => {
    const connection = new AgentConnection();
    connection.connected();
    const good = join([header(3, 8), new Uint8Array(8)]);
    const first = connection.receive(join([good, header(3, 8, 2), good]));
    expect(first.messages.length).toBe(1);
    expect(first.errors).toMatchObject([{ code: 'bad-value' }]);
    expect(connection.receive(good)).toEqual({ messages: [], errors: [] });
    connection.connected();
    expect(connection.receive(good).messages.length).toBe(1);
  });
});

describe('AgentConnection', () => {
  const announcement = (request: number, bits: readonly number[]): Uint8Array => {
    const capabilities = [bits.reduce((word, bit) => (word | (1 << bit)) >>> 0, 0)];
    const set = agentMessages({ selection: false, grabSerial: false });
    const body = set.write('announceCapabilities', { request, capabilities });
    return join([header(6, body.length), body]);
  };

  it('announces first, answers when asked, and then speaks as negotiated', () => {
    const connection = new AgentConnection();
    connection.setTokens(10);
    connection.connected();
    expect(connection.isReady).toBe(false);
    expect(drain(connection).map((chunk) => [chunk[4], chunk[20]])).toEqual([[6, 1]]);
    connection.receive(
      announcement(1, [agentCapability.clipboardSelection, agentCapability.clipboardGrabSerial]),
    );
    expect(connection.isReady).toBe(true);
    expect(connection.has(agentCapability.clipboardSelection)).toBe(true);
    expect(connection.has(agentCapability.monitorsConfig)).toBe(false);
    connection.send('clipboardGrab', { selection: 0, serial: 3, types: [1] });
    const [answer, grab] = drain(connection);
    expect([answer?.[4], answer?.[20]]).toEqual([6, 0]);
    expect([...(grab?.subarray(20) ?? [])]).toEqual([0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('sends nothing while there is no agent, and finishes what it began before it greets the next', () => {
    const connection = new AgentConnection();
    connection.setTokens(2);
    connection.connected();
    connection.send('clipboard', { selection: 0, type: 1, data: new Uint8Array(5000) });
    expect(drain(connection).length).toBe(2);
    connection.disconnected();
    connection.addTokens(10);
    expect(connection.nextChunk()).toBeUndefined();
    expect(connection.send('reply', { type: 1, error: 1 })).toBe(false);
    connection.setTokens(10);
    connection.connected();
    const chunks = drain(connection);
    expect(chunks.map(({ length }) => length)).toEqual([2048, 5004 - 2028 - 2048, 28]);
    expect(chunks[2]?.[4]).toBe(6);
  });
});
