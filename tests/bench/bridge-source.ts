/**
 * The servers behind the tunnels, a process of their own. Sends its parent the ports as `{flood, echo, idle}`:
 * `flood` reads a number of bytes as ASCII digits and a line feed, sends as many (and does not
 * close, as websockify then drops what it has not sent yet); `echo` sends back what it
 * gets; `idle` accepts and keeps still.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

const chunk = Buffer.alloc(1 << 20, 0x5a);

function flood(socket: Socket): void {
  let request = '';
  socket.on('data', (data) => {
    request += data.toString('latin1');
    if (!request.endsWith('\n')) return;
    let left = Number(request);
    const send = (): void => {
      while (left > 0) {
        const size = Math.min(left, chunk.length);
        left -= size;
        if (!socket.write(chunk.subarray(0, size))) {
          socket.once('drain', send);
          return;
        }
      }
    };
    send();
  });
}

async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const ports = {
  flood: await serve(flood),
  echo: await serve((socket) => socket.pipe(socket)),
  idle: await serve((socket) => socket.resume()),
};
process.send?.(ports);
process.on('disconnect', () => process.exit());
