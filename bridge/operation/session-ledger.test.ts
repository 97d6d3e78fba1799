import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { expect, it } from 'vitest';
import { BridgeError } from '../errors/bridge-error.ts';
import type { AdmittedChannel, ChannelObserver, EndReason } from '../tunnel/tunnel-observer.ts';
import { createLogger } from './logger.ts';
import { clientHello } from '../testing/test-kit.ts';
import { SessionLedger, type SessionLimits } from './session-ledger.ts';

interface Entry extends Record<string, unknown> {
  event: string;
}

function setUp(limits: SessionLimits = { idleTimeout: 0, sessionTimeout: 0 }) {
  const log: Entry[] = [];
  const over: string[] = [];
  let time = 0;
  const ledger = new SessionLedger({
    logger: createLogger({
      level: 'info',
      format: 'json',
      write: (line) => log.push(JSON.parse(line) as Entry),
    }),
    limits,
    onLimit: (id, why) => over.push(`${id} ${why}`),
    interval: 5,
    now: () => time,
  });
  const open = (admitted: Partial<AdmittedChannel> = {}, ip = '192.0.2.7') => {
    let ended: BridgeError | undefined;
    const observed = { ip, addressKey: ip, bytesToBrowser: 0, bytesToServer: 0, end };
    const observer: ChannelObserver = ledger.opened(observed);
    function end(error: BridgeError): void {
      ended = error;
      queueMicrotask(() => observer.closed(error.code));
    }
    observer.admitted({ targetName: 'lab', ...admitted });
    return {
      observed,
      ended: () => ended?.code,
      link(type: number, connectionId = 0) {
        observer.linked(clientHello(type, connectionId));
        observer.connected(1);
        return this;
      },
      close: (reason: EndReason = 'left') => observer.closed(reason),
      observer,
    };
  };
  return { log, ledger, open, over, pass: (seconds: number) => (time += seconds * 1000) };
}

const { main, display, inputs } = channelType;

it('writes one line at the start and one at the end of a session', () => {
  const { log, open, pass, ledger } = setUp();
  const token = { sessionId: 'session-1', subject: 'ann' };
  const first = open(token).link(main);
  const second = open(token).link(display, 77);
  expect(ledger.runs('::1', { targetName: 'lab', sessionId: 'session-1' })).toBe(true);
  expect(ledger.runs('192.0.2.7', { targetName: 'lab' })).toBe(false);
  expect(ledger.list()).toEqual([
    {
      id: 'session-1',
      who: 'ann',
      target: 'lab',
      client: '192.0.2.7',
      started: '1970-01-01T00:00:00.000Z',
      channels: ['main', 'display'],
      bytesToBrowser: 0,
      bytesToServer: 0,
    },
  ]);
  Object.assign(first.observed, { bytesToBrowser: 10, bytesToServer: 1 });
  Object.assign(second.observed, { bytesToBrowser: 1000, bytesToServer: 2 });
  expect(ledger.list()[0]).toMatchObject({ bytesToBrowser: 1010, bytesToServer: 3 });
  second.close();
  pass(61);
  first.close('ended');
  expect(ledger.size).toBe(0);
  expect(log.map((entry) => ({ ...entry, time: undefined }))).toEqual([
    {
      level: 'info',
      event: 'session-start',
      session: 'session-1',
      who: 'ann',
      target: 'lab',
      client: '192.0.2.7',
      msg: 'session started',
    },
    {
      level: 'info',
      event: 'session-end',
      session: 'session-1',
      who: 'ann',
      target: 'lab',
      client: '192.0.2.7',
      channels: ['main', 'display'],
      bytesToBrowser: 1010,
      bytesToServer: 3,
      seconds: 61,
      reason: 'ended',
      msg: 'session ended',
    },
  ]);
});

it('finds which channels belong together where no token tells', () => {
  const { open, ledger } = setUp();
  open().link(main);
  open().link(display, 5);
  open().link(main); // a second session of the same client
  open().link(inputs, 6);
  open().link(inputs, 5);
  open({}, '198.51.100.1').link(main);
  open({ targetName: 'other' }).link(main);
  expect(ledger.list().map(({ channels }) => channels.join(' '))).toEqual([
    'main display inputs',
    'main inputs',
    'main',
    'main',
  ]);
  expect(ledger.runs('192.0.2.7', { targetName: 'other' })).toBe(true);
  expect(ledger.runs('198.51.100.1', { targetName: 'other' })).toBe(false);
});

it('counts clients that do not speak SPICE, not those that say nothing, and nothing twice', () => {
  const { open, ledger, log } = setUp();
  const quiet = open();
  expect(ledger.size).toBe(0);
  quiet.observer.connected(3);
  expect(ledger.size).toBe(0);
  quiet.observer.linked(null);
  expect(ledger.list()[0]?.channels).toEqual(['other']);
  quiet.close();
  quiet.close();
  open().close('target-refused'); // never linked: no session
  expect(log).toHaveLength(2);
});

it('cuts what a portal chose', () => {
  const { open, log } = setUp();
  open({ sessionId: 'x'.repeat(9999), subject: 'y'.repeat(9999) }).link(main);
  expect([log[0]?.session, log[0]?.who].map((text) => (text as string).length)).toEqual([200, 200]);
});

it('ends a session with all of its channels, late ones too', async () => {
  const { open, ledger, log } = setUp();
  const [one, two, other] = [open({ sessionId: 's' }), open({ sessionId: 's' }), open({ sessionId: 't' })];
  expect(ledger.end('nobody', new BridgeError('session-expired'))).toBe(false);
  expect(ledger.end('s', new BridgeError('session-expired'))).toBe(true);
  const late = open({ sessionId: 's' });
  expect([one, two, late, other].map((each) => each.ended())).toEqual([
    'session-expired',
    'session-expired',
    'session-expired',
    undefined,
  ]);
  await expect.poll(() => ledger.size).toBe(1);
  expect(log.at(-1)).toMatchObject({ event: 'session-end', session: 's', reason: 'session-expired' });
});

it('ends sessions after their time, a token may have less', async () => {
  const { open, ledger, pass } = setUp({ idleTimeout: 0, sessionTimeout: 100 });
  const long = open({ sessionId: 'long', limits: { session: 500 } });
  const short = open({ sessionId: 'short', limits: { session: 50 } });
  pass(49);
  await turns();
  expect(ledger.size).toBe(2);
  pass(1);
  await expect.poll(() => short.ended()).toBe('session-expired');
  expect(long.ended()).toBeUndefined();
  pass(50);
  await expect.poll(() => long.ended()).toBe('session-expired');
});

it('ends sessions whose keyboard and pointer rest', async () => {
  const { open, pass } = setUp({ idleTimeout: 60, sessionTimeout: 0 });
  const session = { sessionId: 's' };
  const screen = open(session).link(display, 1);
  const keys = open(session).link(inputs, 1);
  const watching = open({ sessionId: 'watching' }).link(display, 2);
  await turns();
  for (let minute = 0; minute < 3; minute++) {
    pass(50);
    keys.observed.bytesToServer += 20;
    await turns();
  }
  expect(keys.ended()).toBeUndefined();
  pass(50);
  screen.observed.bytesToServer += 1000; // acknowledgements are no use of it
  await turns();
  expect(keys.ended()).toBeUndefined();
  pass(10);
  await expect.poll(() => keys.ended()).toBe('session-idle');
  expect(screen.ended()).toBe('session-idle');
  expect(watching.ended()).toBeUndefined();
});

it('takes new limits for running sessions', async () => {
  const { open, ledger, pass } = setUp();
  const channel = open({ sessionId: 's' });
  pass(1000);
  await turns();
  expect(channel.ended()).toBeUndefined();
  ledger.configure({ idleTimeout: 0, sessionTimeout: 900 });
  await expect.poll(() => channel.ended()).toBe('session-expired');
});

/** Long enough for the ledger to look. */
function turns(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 40));
}

it("counts the time limit from the session's beginning, wherever that was, and tells that it is over", async () => {
  const { open, over, pass, log } = setUp({ idleTimeout: 0, sessionTimeout: 60 });
  const token = { sessionId: 'session-1', began: 0 };
  const first = open(token).link(main);
  pass(50);
  first.close();
  const second = open(token).link(main);
  expect(second.ended()).toBeUndefined();
  pass(10);
  await expect.poll(second.ended).toBe('session-expired');
  expect(over).toEqual(['session-1 expired']);
  // A channel that comes all the same is refused before anything passes.
  expect(open(token).ended()).toBe('session-expired');
  expect(log.filter(({ reason }) => reason === 'session-expired')).toHaveLength(1);
});

it('tells nobody that a session without a token is over: nothing could be refused', async () => {
  const { open, over, pass } = setUp({ idleTimeout: 0, sessionTimeout: 60 });
  const channel = open().link(main);
  pass(60);
  await expect.poll(channel.ended).toBe('session-expired');
  expect(over).toEqual([]);
});
