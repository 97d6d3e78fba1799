import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as plain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadConfig } from '../config/load-config.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import { linkMessage, listen } from '../testing/test-kit.ts';
import { makeCertificates, type TestCertificates } from '../testing/test-certificates.ts';
import { CertificateWatch, readCertificate } from './certificate-files.ts';
import { type Bridge, createBridge } from '../create-bridge.ts';

let folder: string;
let certificates: TestCertificates;
let certFile: string;
let keyFile: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-tls-'));
  certificates = makeCertificates();
  certFile = join(folder, 'cert.pem');
  keyFile = join(folder, 'key.pem');
});
afterAll(() => {
  certificates.remove();
  rmSync(folder, { recursive: true });
});

function write({ cert, key }: { cert: string; key: string }): void {
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
}

function reasonOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof BridgeError && error.code === 'certificate-file') return error.message;
    throw error;
  }
  return 'none';
}

describe('certificate files', () => {
  it('say what is wrong with them', () => {
    write(certificates.issue('/CN=one'));
    expect(reasonOf(() => readCertificate(join(folder, 'no.pem'), keyFile))).toMatch(
      /no\.pem: does not exist\.$/,
    );
    expect(reasonOf(() => readCertificate(keyFile, keyFile))).toMatch(
      /key\.pem: holds no certificate in PEM\.$/,
    );
    expect(reasonOf(() => readCertificate(certFile, certFile))).toMatch(
      /cert\.pem: holds no private key in PEM/,
    );
    writeFileSync(keyFile, certificates.issue('/CN=two').key);
    expect(reasonOf(() => readCertificate(certFile, keyFile))).toMatch(
      /key\.pem: not the key of .*cert\.pem\.$/,
    );
    expect(reasonOf(() => readCertificate(folder, keyFile))).toMatch(/: cannot be read\.$/);
  });

  it('are read again when they change, also through links, and each bad state is told once', async () => {
    const [one, two] = [certificates.issue('/CN=one'), certificates.issue('/CN=two')];
    write(one);
    const link = join(folder, 'link.pem');
    symlinkSync(certFile, link);
    const changes: string[] = [];
    const errors: string[] = [];
    const watch = new CertificateWatch({
      certFile: link,
      keyFile,
      interval: 5,
      onChange: ({ cert }) => changes.push(cert.toString()),
      onError: ({ message }) => errors.push(message),
    });
    const other = join(folder, 'other.pem');
    writeFileSync(other, two.cert);
    symlinkSync(other, `${link}.new`);
    renameSync(`${link}.new`, link); // the certificate first, its key later
    await expect.poll(() => errors.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(errors).toHaveLength(1);
    expect(changes).toEqual([]);
    writeFileSync(keyFile, two.key);
    await expect.poll(() => changes).toEqual([two.cert]);
    watch.close();
  });
});

describe('https', () => {
  let bridge: Bridge;
  let server: Awaited<ReturnType<typeof listen>>;

  beforeAll(async () => {
    write(certificates.issue('/CN=first'));
    server = await listen((socket) => socket.pipe(socket));
    bridge = await createBridge({
      listen: { host: '127.0.0.1', port: 0 },
      targets: [{ name: 'lab', uri: `spice://127.0.0.1:${server.port}` }],
      drainTimeout: 0,
      handshakeTimeout: 1,
      tlsCert: certFile,
      tlsKey: keyFile,
    });
  });
  afterAll(async () => {
    await bridge.close();
    server.close();
  });

  const ask = (
    path: string,
    options: RequestOptions = {},
  ): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> =>
    new Promise((resolve, reject) => {
      get(`${bridge.url}${path}`, { ca: certificates.ca, agent: false, ...options }, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      }).on('error', reject);
    });

  const subject = async (): Promise<string | undefined> => {
    const socket: TLSSocket = connect({ host: bridge.host, port: bridge.port, ca: certificates.ca });
    await once(socket, 'secureConnect');
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return CN as string;
  };

  it('serves with HSTS and says so in its URL', async () => {
    expect(bridge.url).toBe(`https://127.0.0.1:${bridge.port}/`);
    const { status, headers } = await ask('healthz');
    expect(status).toBe(200);
    expect(headers['strict-transport-security']).toBe('max-age=15552000');
  });

  it('tunnels, for pages of its https origin only', async () => {
    const open = async (origin: string): Promise<number | string> => {
      const socket = new WebSocket(`${bridge.url.replace('https', 'wss')}spice/lab`, ['binary'], {
        ca: certificates.ca,
        origin,
      });
      const closed = once(socket, 'close').then(([code]) => code as number);
      await once(socket, 'open');
      socket.send(linkMessage(1));
      const echoed = once(socket, 'message').then(([data]) => (data as Buffer).toString('latin1', 0, 4));
      const result = await Promise.race([closed, echoed]);
      socket.terminate();
      return result;
    };
    expect(await open(bridge.url.slice(0, -1))).toBe('REDQ');
    expect(await open(bridge.url.slice(0, -1).replace('https', 'http'))).toBe(1008);
  });

  it('takes a new certificate while open connections go on, and keeps the old one when the new one is bad', async () => {
    expect(await subject()).toBe('first');
    const open = connect({ host: bridge.host, port: bridge.port, ca: certificates.ca });
    await once(open, 'secureConnect');
    const config = {
      ...loadConfig(),
      targets: [{ name: 'lab', uri: `spice://127.0.0.1:${server.port}` }],
      tlsCert: certFile,
      tlsKey: keyFile,
      handshakeTimeout: 1,
    };
    write(certificates.issue('/CN=second'));
    await bridge.reload(config);
    expect(await subject()).toBe('second');
    open.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    expect(((await once(open, 'data')) as [Buffer])[0].toString()).toMatch(/^HTTP\/1\.1 200/);
    open.destroy();

    writeFileSync(certFile, 'rubbish');
    await bridge.reload(config);
    expect(await subject()).toBe('second');
  });

  it('gives plain-text clients and those that never begin with TLS no time', async () => {
    const silent = plain(bridge.port, bridge.host);
    silent.on('error', () => {});
    await once(silent, 'close');
    const http = plain(bridge.port, bridge.host);
    http.on('error', () => {});
    http.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    http.resume();
    await once(http, 'close');
  });
});

it('needs both files', async () => {
  await expect(createBridge({ tlsCert: certFile })).rejects.toThrow(
    '--tls-cert and --tls-key belong together',
  );
});
