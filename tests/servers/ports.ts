/** Free TCP ports and the smallest possible SPICE client: one link message, one link reply. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP port of 127.0.0.1 that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** A SpiceLinkMess for the main channel: magic, version 2.2, size, then no capabilities (all little-endian). */
export function linkMessage(): Buffer {
  const message = Buffer.alloc(16 + 18);
  message.write('REDQ', 0, 'latin1');
  message.writeUInt32LE(2, 4);
  message.writeUInt32LE(2, 8);
  message.writeUInt32LE(18, 12);
  message.writeUInt32LE(0, 16); // connection id
  message.writeUInt8(1, 20); // channel type: main
  message.writeUInt8(0, 21); // channel id
  message.writeUInt32LE(0, 22); // common capabilities
  message.writeUInt32LE(0, 26); // channel capabilities
  message.writeUInt32LE(18, 30); // offset of the capabilities
  return message;
}

/** Sends a link message and resolves to the error code of the link reply: 0 to go on, 5 when it wants TLS first, … */
export function probeLink(port: number, host = '127.0.0.1', timeout = 2000): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    let received = Buffer.alloc(0);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeout, () => fail(new Error(`no link reply from port ${port}`)));
    socket.once('error', fail);
    socket.once('connect', () => socket.write(linkMessage()));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 20) return;
      socket.destroy();
      if (received.toString('latin1', 0, 4) === 'REDQ') resolve(received.readUInt32LE(16));
      else reject(new Error(`port ${port} does not speak SPICE`));
    });
    socket.once('close', () => reject(new Error(`port ${port} closed before its link reply`)));
  });
}

/** Whether something listens on 127.0.0.1:port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Lets a server listen on a free port of 127.0.0.1; `stop` ends it with those of its connections that `sockets` holds. */
export async function listenOnLoopback(
  server: Server,
  sockets: ReadonlySet<Socket>,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
