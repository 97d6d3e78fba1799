/** A TCP relay whose connections can be cut, as a network does that goes away. */
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from './ports.ts';

export interface CuttableRelay {
  readonly port: number;
  /** Resets every connection; with `refuse` new ones too, until `heal`. */
  cut(options?: { refuse?: boolean }): void;
  heal(): void;
  stop(): Promise<void>;
}

/** Relays 127.0.0.1:port to 127.0.0.1:`target`. */
export async function startCuttableRelay(target: number): Promise<CuttableRelay> {
  const sockets = new Set<Socket>();
  let refuses = false;
  const own = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    own(client);
    if (refuses) {
      client.resetAndDestroy();
      return;
    }
    const upstream = own(connect(target, '127.0.0.1'));
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const listening = await listenOnLoopback(server, sockets);
  return {
    ...listening,
    cut({ refuse = false } = {}) {
      refuses = refuse;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    heal() {
      refuses = false;
    },
  };
}
