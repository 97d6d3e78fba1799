import type { ChannelAddress, PortMessage } from '../threads/channel-address.ts';

/**
 * A channel's bytes, whatever carries them. WebSocket messages have no meaning of their own:
 * they are pieces of one byte stream.
 */
export interface Transport {
  /** Takes the bytes over; before the connection stands they wait. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface TransportEvents {
  /** The connection stands. */
  open(): void;
  /** The chunk is the receiver's. */
  bytes(chunk: Uint8Array): void;
  /** Called once, also after `close()`. */
  closed(info: TransportClose): void;
}

export interface TransportClose {
  /** WebSocket close code */
  readonly code: number;
  readonly reason: string;
  /** whether the connection ever stood */
  readonly wasOpen: boolean;
}

export function openTransport(address: ChannelAddress, events: TransportEvents): Transport {
  return address.kind === 'url'
    ? new WebSocketTransport(address, events)
    : new PortTransport(address.port, events);
}

/** No close code of WebSocket's: the browser refused to open a connection at all. */
export const NOT_OPENED = 0;

class WebSocketTransport implements Transport {
  /** undefined where the browser refused to make one */
  readonly #socket: WebSocket | undefined;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #wasOpen = false;

  constructor(address: { url: string; protocols: readonly string[] }, events: TransportEvents) {
    let socket: WebSocket;
    try {
      socket = new WebSocket(address.url, [...address.protocols]);
    } catch (error) {
      // `ws:` from an https page, a subprotocol with characters that none may have: as if the connection failed.
      const reason = `The browser does not open this connection: ${error instanceof Error ? error.message : String(error)}`;
      queueMicrotask(() => events.closed({ code: NOT_OPENED, reason, wasOpen: false }));
      return;
    }
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#wasOpen = true;
      for (const bytes of this.#waiting) socket.send(bytes);
      this.#waiting = [];
      events.open();
    };
    socket.onmessage = (event) => {
      if (event.data instanceof ArrayBuffer) events.bytes(new Uint8Array(event.data));
    };
    socket.onclose = ({ code, reason }) => events.closed({ code, reason, wasOpen: this.#wasOpen });
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState === WebSocket.CONNECTING) this.#waiting.push(bytes);
    else if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  close(): void {
    this.#socket?.close(1000);
  }
}

class PortTransport implements Transport {
  readonly #port: MessagePort;
  readonly #events: TransportEvents;
  #wasOpen = false;
  #ended = false;

  constructor(port: MessagePort, events: TransportEvents) {
    this.#port = port;
    this.#events = events;
    port.onmessage = (event: MessageEvent<PortMessage>) => this.#receive(event.data);
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    // The relay on the other side holds them back until its connection stands.
    const copy = bytes.slice().buffer;
    this.#port.postMessage({ kind: 'bytes', bytes: copy } satisfies PortMessage, [copy]);
  }

  close(): void {
    this.#port.postMessage({ kind: 'close', code: 1000, reason: '' } satisfies PortMessage);
    this.#finish(1000, '');
  }

  #receive(message: PortMessage): void {
    if (this.#ended) return;
    if (message.kind === 'open') {
      this.#wasOpen = true;
      this.#events.open();
    } else if (message.kind === 'bytes') this.#events.bytes(new Uint8Array(message.bytes));
    else this.#finish(message.code, message.reason);
  }

  #finish(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#port.close();
    this.#events.closed({ code, reason, wasOpen: this.#wasOpen });
  }
}
