import { ws } from 'msw';
import { setupServer } from 'msw/node';
import { WebSocket as NodeWebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { NOT_OPENED, openTransport, type TransportClose } from './transport.ts';

// Node 20 has no WebSocket of its own.
globalThis.WebSocket ??= NodeWebSocket as unknown as typeof WebSocket;

const bridge = ws.link('ws://bridge.test/spice/desk');
const server = setupServer();

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

interface Log {
  opened: Promise<void>;
  bytes: number[];
  closed: Promise<TransportClose>;
}

function open() {
  const log: Log = {
    opened: Promise.resolve(),
    bytes: [],
    closed: Promise.resolve({ code: 0, reason: '', wasOpen: false }),
  };
  let onClosed: (info: TransportClose) => void = () => undefined;
  log.closed = new Promise((resolve) => {
    onClosed = resolve;
  });
  let onOpened: () => void = () => undefined;
  log.opened = new Promise((resolve) => {
    onOpened = resolve;
  });
  const address = { kind: 'url', url: 'ws://bridge.test/spice/desk', protocols: ['binary'] } as const;
  const transport = openTransport(address, {
    open: onOpened,
    bytes: (chunk) => log.bytes.push(...chunk),
    closed: onClosed,
  });
  return { transport, log };
}

function received(client: {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}) {
  const bytes: number[] = [];
  client.addEventListener('message', ({ data }) => bytes.push(...new Uint8Array(data as ArrayBuffer)));
  return bytes;
}

describe('the WebSocket transport', () => {
  it('sends what was given before the connection stood, in order', async () => {
    let bytes: number[] = [];
    server.use(
      bridge.addEventListener('connection', ({ client }) => {
        bytes = received(client);
        client.addEventListener('message', () => bytes.length === 4 && client.close(1000, 'enough'));
      }),
    );
    const { transport, log } = open();
    transport.send(Uint8Array.of(1, 2));
    transport.send(Uint8Array.of(3, 4));
    expect(await log.closed).toEqual({ code: 1000, reason: 'enough', wasOpen: true });
    expect(bytes).toEqual([1, 2, 3, 4]);
  });

  it('takes bytes in any pieces and ignores text, which is not SPICE', async () => {
    server.use(
      bridge.addEventListener('connection', ({ client }) => {
        client.addEventListener('message', () => {
          client.send(Uint8Array.of(1).buffer);
          client.send('surprise');
          client.send(Uint8Array.of(2, 3).buffer);
          // msw drops what was sent in the same turn as a close.
          setTimeout(() => client.close(1000));
        });
      }),
    );
    const { transport, log } = open();
    transport.send(Uint8Array.of(7));
    await log.closed;
    expect(log.bytes).toEqual([1, 2, 3]);
  });

  it('passes on why a bridge refuses', async () => {
    server.use(
      bridge.addEventListener('connection', ({ client }) =>
        client.close(1008, 'There is no target of that name.'),
      ),
    );
    const { log } = open();
    expect(await log.closed).toMatchObject({ code: 1008, reason: 'There is no target of that name.' });
  });

  it('closes when it is told to, and says so once', async () => {
    server.use(bridge.addEventListener('connection', () => undefined));
    const { transport, log } = open();
    await log.opened;
    transport.close();
    transport.send(Uint8Array.of(9));
    expect(await log.closed).toMatchObject({ code: 1000, wasOpen: true });
  });

  it('says why a browser refuses to open a connection at all', async () => {
    // As browsers do for `ws:` from an https page.
    vi.stubGlobal('WebSocket', function refuse() {
      throw new DOMException('not allowed here', 'SecurityError');
    });
    const closed = new Promise<TransportClose>((resolve) => {
      const transport = openTransport(
        { kind: 'url', url: 'ws://bridge.test/spice/desk', protocols: ['binary'] },
        { open: () => undefined, bytes: () => undefined, closed: resolve },
      );
      // What is sent, and an end that comes first, change nothing.
      transport.send(new Uint8Array(1));
      transport.close();
    });
    expect(await closed).toMatchObject({
      code: NOT_OPENED,
      wasOpen: false,
      reason: 'The browser does not open this connection: not allowed here',
    });
    vi.unstubAllGlobals();
  });
});
