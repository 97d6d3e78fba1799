/** TCP servers that a viewer meets when something is configured wrongly. */
import { createServer, type Socket } from 'node:net';
import { freePort, listenOnLoopback } from './ports.ts';

export type Breakage =
  /** Nobody listens. */
  | 'closed'
  /** An HTTP server. */
  | 'http'
  /** Sends half a link reply, then nothing more. */
  | 'half-then-silence'
  /** Sends half a link reply, then closes. */
  | 'half-then-close'
  /** Accepts and never says anything. */
  | 'silence'
  /** Answers with a link reply of another protocol. */
  | 'wrong-magic'
  /** Answers with a link reply whose size is far over any bound. */
  | 'huge-size';

export interface BrokenServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A link reply's first 16 bytes (magic, version 2.2, size) followed by `rest`. */
function linkReply(magic: string, size: number, rest: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.write(magic, 0, 'latin1');
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(2, 8);
  header.writeUInt32LE(size, 12);
  return Buffer.concat([header, rest]);
}

const behaviours: Record<Exclude<Breakage, 'closed'>, (socket: Socket) => void> = {
  http: (socket) =>
    socket.end(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nBad Request\n',
    ),
  'half-then-silence': (socket) => socket.write(linkReply('REDQ', 178, Buffer.alloc(60))),
  'half-then-close': (socket) => socket.end(linkReply('REDQ', 178, Buffer.alloc(60))),
  silence: () => {},
  'wrong-magic': (socket) => socket.write(linkReply('QDER', 178, Buffer.alloc(178))),
  'huge-size': (socket) => socket.write(linkReply('REDQ', 0xffffffff, Buffer.alloc(1024))),
};

export async function startBrokenServer(breakage: Breakage): Promise<BrokenServer> {
  if (breakage === 'closed') return { port: await freePort(), stop: () => Promise.resolve() };
  const behave = behaviours[breakage];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let answered = false;
    socket.on('data', () => {
      if (answered) return;
      answered = true;
      behave(socket);
    });
  });
  return listenOnLoopback(server, sockets);
}
