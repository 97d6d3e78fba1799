/** What strangers try. Each attack tells how often it tried and how often it was refused. */
import { connect, type Socket } from 'node:net';

export interface Attack {
  readonly name: string;
  /** Which of the two bridges: one with an open target, one that wants tokens. */
  readonly bridge: 'open' | 'closed';
  run(port: number): Promise<{ readonly attempts: number; readonly refused: number }>;
}

const STRANGERS = 2000;
/** From each address, below the limits for one: strangers have many. */
const FROM_ONE_ADDRESS = 100;
/** Milliseconds after which whoever is still connected counts as not refused. */
const PATIENCE = 20_000;

/** All but the last byte of a message of 120 KiB; the same behind a hello; a message in frames of a byte. */
const endless = Buffer.concat([
  Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0xe0, 0, 0, 0, 0, 0]),
  Buffer.alloc(0x1dfff),
]);
const hello = Buffer.from(
  '524544510200000002000000120000000000000001000000000000000000000012000000',
  'hex',
).subarray(0, 34);
const greeted = Buffer.concat([Buffer.from([0x82, 0x80 | hello.length, 0, 0, 0, 0]), hello, endless]);
const crumbs = Buffer.concat([
  Buffer.from([0x02, 0x80, 0, 0, 0, 0]),
  ...Array.from({ length: 15_000 }, () => Buffer.from([0x00, 0x81, 0, 0, 0, 0, 0])),
]);

/** A first message of 16,000 bytes, all but its end: too short to be told at once from an honest one. */
const patient = Buffer.concat([Buffer.from([0x82, 0xfe, 0x3e, 0x80, 0, 0, 0, 0]), Buffer.alloc(15_900)]);

export const attacks: readonly Attack[] = [
  // What connections cost by themselves: the row to compare the others with.
  { name: 'no word at all, token needed', bridge: 'closed', run: (port) => strangers(port, Buffer.alloc(0)) },
  {
    name: 'first messages that stop short, open target',
    bridge: 'open',
    run: (port) => strangers(port, patient),
  },
  {
    name: 'messages that never end, token needed',
    bridge: 'closed',
    run: (port) => strangers(port, endless),
  },
  { name: 'messages that never end, open target', bridge: 'open', run: (port) => strangers(port, endless) },
  {
    name: 'the same behind a hello, token needed',
    bridge: 'closed',
    run: (port) => strangers(port, greeted),
  },
  { name: 'frames of one byte, token needed', bridge: 'closed', run: (port) => strangers(port, crumbs) },
  {
    name: 'a burst from one address',
    bridge: 'closed',
    run: (port) => strangers(port, Buffer.alloc(0), 3000, STRANGERS),
  },
  { name: 'forged hosts and origins', bridge: 'open', run: forgedHeads },
];

function upgrade(path = '/spice', headers = 'Host: 127.0.0.1\r\n'): string {
  return (
    `GET ${path} HTTP/1.1\r\n${headers}Upgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
  );
}

function strangers(port: number, flood: Buffer, count = STRANGERS, fromOne = FROM_ONE_ADDRESS) {
  return tried(
    Array.from({ length: count }, (_, index) => {
      const localAddress = `127.0.1.${1 + Math.floor(index / fromOne)}`;
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      socket.write(upgrade());
      socket.once('data', () => socket.write(flood));
      return socket;
    }),
  );
}

function forgedHeads(port: number) {
  const hosts = [
    'evil@127.0.0.1',
    '127.0.0.1/evil',
    '127.0.0.1#evil',
    'evil.example',
    'localhost.evil',
    '127.0.0.1:1:1',
  ];
  const origins = [
    'http://evil@127.0.0.1',
    'http://evil',
    'null',
    'file://',
    'http://127.0.0.1.evil',
    'http://127.0.0.1/x',
  ];
  const heads = [
    ...hosts.map((host) => `Host: ${host}\r\n`),
    ...origins.map((origin) => `Host: 127.0.0.1\r\nOrigin: ${origin}\r\n`),
  ];
  return tried(
    heads.map((head) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.write(upgrade('/spice', head));
      return socket;
    }),
  );
}

/** Refused is who was hung up on. */
async function tried(sockets: readonly Socket[]): Promise<{ attempts: number; refused: number }> {
  let refused = 0;
  const all = sockets.map(
    (socket) =>
      new Promise<void>((resolve) => {
        socket.on('error', () => {});
        socket.on('data', () => {});
        socket.once('close', () => {
          refused++;
          resolve();
        });
      }),
  );
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([Promise.all(all), new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE)))]);
  clearTimeout(timer);
  const result = { attempts: sockets.length, refused };
  for (const socket of sockets) socket.destroy();
  return result;
}
