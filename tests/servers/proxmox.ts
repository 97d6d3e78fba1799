/**
 * A test double of Proxmox VE's two servers that a SPICE client meets, by the rules of pve-http-server and
 * pve-access-control: the API on https, which gives a .vv for a machine and sets its password for 30 seconds, and
 * spiceproxy on http, which connects to a node's ports 61000 to 61999 for whoever has a ticket of the last 40 seconds.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Pki } from './pki.ts';

export interface ProxmoxMachine {
  readonly vmid: number;
  /** Between 61000 and 61999, as clients see it. */
  readonly tlsPort: number;
  /** Where it listens on this machine. */
  readonly actualPort: number;
  /** Sets the SPICE password, to expire after 30 seconds. */
  setPassword(password: string): Promise<void>;
}

export interface ProxmoxOptions {
  readonly machines: readonly ProxmoxMachine[];
  /** The certificates of machines and API. */
  readonly pki: Pki;
  /** The only token that the API takes: `USER@REALM!NAME=SECRET`. */
  readonly apiToken: string;
}

export interface Proxmox {
  readonly apiPort: number;
  readonly proxyPort: number;
  /** What POST …/spiceproxy does, as the text of a .vv file. */
  vvFile(vmid: number): Promise<string>;
  /** Heads of the requests that the proxy got. */
  readonly requests: readonly string[];
  /** How many tickets the API has given. */
  readonly tickets: number;
  /** Makes all tickets so far and those to come this much older, in seconds. */
  ageTickets(seconds: number): void;
  stop(): Promise<void>;
}

const NODE = 'pve1';
const MAX_HEADER_LINES = 64;
const MAX_HEADER_SIZE = 8 * 1024;

export async function startProxmox({ machines, pki, apiToken }: ProxmoxOptions): Promise<Proxmox> {
  const secret = randomBytes(20);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let tickets = 0;
  let age = 0;

  const signature = (plain: string): string => createHash('sha1').update(plain).update(secret).digest('hex');
  const now = (): number => Math.floor(Date.now() / 1000);

  const config = async (vmid: number, proxy: string): Promise<Record<string, string | number>> => {
    const machine = machines.find((one) => one.vmid === vmid);
    if (machine === undefined) throw new Error('no such machine');
    const password = randomBytes(20).toString('hex');
    await machine.setPassword(password);
    tickets++;
    const plain = `pvespiceproxy:${now().toString(16).padStart(8, '0')}:${vmid}:${NODE}`;
    return {
      type: 'spice',
      title: `VM ${vmid}`,
      host: `${plain}::${signature(plain)}`,
      proxy: `http://${proxy}:${proxyPort}`,
      'tls-port': machine.tlsPort,
      'host-subject': pki.subject,
      ca: readFileSync(pki.caCert, 'utf8').replaceAll('\n', '\\n'),
      password,
      'delete-this-file': 1,
      'secure-attention': 'Ctrl+Alt+Ins',
      'toggle-fullscreen': 'Shift+F11',
      'release-cursor': 'Ctrl+Alt+R',
    };
  };

  /** The machine's port, for a `Host` header with a good ticket; a string tells why not. */
  const verify = (host: string): number | string => {
    const match = /^(pvespiceproxy:([a-z0-9]{8}):(\d+):(\S+))::([a-z0-9]{40}):(\d+)$/.exec(host);
    if (match === null) return 'invalid ticket';
    const [, plain = '', timestamp = '', vmid, node, sig, port] = match;
    const seconds = now() - Number.parseInt(timestamp, 16) + age;
    if (signature(plain) !== sig || node !== NODE || seconds <= -20 || seconds >= 40) return 'invalid ticket';
    if (Number(port) < 61000 || Number(port) > 61999) return '';
    const machine = machines.find((one) => one.vmid === Number(vmid) && one.tlsPort === Number(port));
    return machine?.actualPort ?? '';
  };

  const proxyServer = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let head = '';
    const onData = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length <= MAX_HEADER_SIZE) return;
      socket.off('data', onData);
      const lines = head.slice(0, end).split('\r\n');
      const [method, , protocol] = (lines[0] ?? '').split(' ');
      const answer = (status: string): void => void socket.end(`${protocol} ${status}\r\n\r\n`);
      if (end < 0 || end > MAX_HEADER_SIZE || lines.length >= MAX_HEADER_LINES) return void socket.destroy();
      requests.push(head.slice(0, end));
      if (method !== 'CONNECT') return answer('501 method not available');
      // The ticket counts from this header, not from the request line.
      const hosts = lines
        .filter((line) => /^host\s*:/i.test(line))
        .map((line) => line.replace(/^[^:]*:\s*/, ''));
      const port = verify(hosts.join(', '));
      if (port === '') return void socket.destroy(); // the real one only logs it
      if (typeof port === 'string') return answer(`401 ${port}`);
      const machine = connect(port, '127.0.0.1', () => {
        socket.write(`${protocol} 200 OK\r\n\r\n`);
        machine.write(Buffer.from(head.slice(end + 4), 'latin1'));
        machine.pipe(socket);
        socket.pipe(machine);
      });
      machine.on('error', () => socket.destroy());
      machine.on('close', () => socket.destroy());
      socket.on('close', () => machine.destroy());
    };
    socket.on('data', onData);
  });
  const proxyPort = await listening(proxyServer);

  const apiServer = createHttpsServer(
    { cert: readFileSync(pki.serverCert), key: readFileSync(pki.serverKey) },
    (request, response) => {
      const fail = (status: number): void => void response.writeHead(status).end();
      const match = /^\/api2\/json\/nodes\/([^/]+)\/qemu\/(\d+)\/spiceproxy$/.exec(request.url ?? '');
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.headers.authorization !== `PVEAPIToken=${apiToken}`) return fail(401);
        if (request.method !== 'POST') return fail(501);
        if (match === null || match[1] !== NODE) return fail(400);
        const proxy = new URLSearchParams(body).get('proxy') ?? NODE;
        config(Number(match[2]), proxy).then(
          (data) => {
            response.writeHead(200, { 'Content-Type': 'application/json;charset=UTF-8' });
            response.end(JSON.stringify({ data }));
          },
          () => fail(500),
        );
      });
    },
  );
  const apiPort = await listening(apiServer);

  return {
    apiPort,
    proxyPort,
    requests,
    get tickets() {
      return tickets;
    },
    ageTickets: (seconds) => (age += seconds),
    async vvFile(vmid) {
      const entries = Object.entries(await config(vmid, '127.0.0.1'));
      return `[virt-viewer]\n${entries.map(([key, value]) => `${key}=${value}\n`).join('')}`;
    },
    async stop() {
      apiServer.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        [apiServer, proxyServer].map((server) => new Promise((resolve) => server.close(resolve))),
      );
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
