/** A server before the bridge that puts a decoder of the tests' own before the browser's, in the viewer's display worker. */
import { createServer, request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/**
 * Playwright's routes will not do: workers whose script they gave may open no socket to this machine.
 * @param decoder a class expression that takes VideoDecoder's place
 */
export async function startDecoderFront(bridgeUrl: string, decoder: string) {
  const { hostname, port } = new URL(bridgeUrl);
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const isScript = url === '/spice-display-worker.js';
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      const { 'content-length': length, etag: _etag, ...rest } = answer.headers;
      outgoing.writeHead(
        answer.statusCode ?? 502,
        isScript || length === undefined ? rest : { ...rest, 'content-length': length },
      );
      if (isScript) {
        outgoing.write(`globalThis.VideoDecoder = ${decoder};\n`);
      }
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  server.on('upgrade', (incoming, client: Socket, head) => {
    const bridge = connect(Number(port), hostname);
    const lines = [`GET ${incoming.url} HTTP/1.1`];
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
      lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
    }
    bridge.write(`${lines.join('\r\n')}\r\n\r\n`);
    bridge.write(head);
    bridge.pipe(client).pipe(bridge);
    for (const socket of [bridge, client]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        bridge.destroy();
        client.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}
