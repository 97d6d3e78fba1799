import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const BUFFER = Buffer.allocUnsafeSlow(1 << 20);

/**
 * A WebSocket client that does next to nothing, so that it is never what is measured: it opens, sends single small
 * messages, and counts or hands on what comes, hopping from frame header to frame header.
 */
export class RawWebSocket {
  readonly socket: Socket;
  /** Payload bytes so far. */
  received = 0;
  /** Called for each read, after `received` has grown. */
  onData: () => void = () => {};
  readonly #opened: Promise<void>;
  #open = (): void => {};
  #handshake = '';
  #upgraded = false;
  /** Payload bytes of the current frame still to come. */
  #left = 0;
  /** A header cut by the end of a read. */
  readonly #header = Buffer.alloc(10);
  #headerSize = 0;

  /** @param token offered as the subprotocol `bearer.TOKEN` */
  constructor(port: number, path: string, token?: string) {
    this.#opened = new Promise((resolve) => (this.#open = resolve));
    this.socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      // One buffer for all: it is used up before the callback returns.
      onread: {
        buffer: BUFFER,
        callback: (size) => {
          this.#read(BUFFER, size);
          return true;
        },
      },
    });
    this.socket.on('error', () => {});
    this.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Protocol: binary${token === undefined ? '' : `, bearer.${token}`}\r\n\r\n`,
    );
  }

  async opened(): Promise<this> {
    const failed = once(this.socket, 'close').then(() => {
      throw new Error(`no WebSocket: ${this.#handshake.split('\r\n')[0]}`);
    });
    await Promise.race([this.#opened, failed]);
    failed.catch(() => {});
    return this;
  }

  /** One binary message of at most 125 bytes, masked with zeros. */
  send(bytes: Uint8Array): void {
    this.socket.write(Buffer.concat([Buffer.from([0x82, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]));
  }

  /** Resolves when `size` payload bytes have come altogether. */
  async until(size: number): Promise<void> {
    if (this.received >= size) return;
    await new Promise<void>((resolve, reject) => {
      const onClose = (): void => reject(new Error(`closed after ${this.received} of ${size} bytes`));
      this.socket.once('close', onClose);
      this.onData = () => {
        if (this.received < size) return;
        this.onData = () => {};
        this.socket.off('close', onClose);
        resolve();
      };
    });
  }

  #read(buffer: Buffer, size: number): void {
    let at = 0;
    if (!this.#upgraded) {
      this.#handshake += buffer.toString('latin1', 0, size);
      const end = this.#handshake.indexOf('\r\n\r\n');
      if (end < 0) return;
      at = size - (this.#handshake.length - end - 4);
      this.#upgraded = true;
      if (this.#handshake.startsWith('HTTP/1.1 101')) this.#open();
    }
    while (at < size) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, size - at);
        this.#left -= taken;
        this.received += taken;
        at += taken;
        continue;
      }
      this.#header[this.#headerSize++] = buffer[at++] ?? 0;
      this.#left = this.#payloadSize();
    }
    this.onData();
  }

  /** The payload's size once the header is complete, else 0. */
  #payloadSize(): number {
    const short = this.#headerSize < 2 ? -1 : (this.#header[1] ?? 0) & 127;
    const need = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (this.#headerSize < need) return 0;
    this.#headerSize = 0;
    if (short === 127) return this.#header.readUInt32BE(6);
    return short === 126 ? this.#header.readUInt16BE(2) : short;
  }
}
