import {
  inputsClientMessages,
  inputsServerMessages,
} from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { inputsCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { writeMessage } from '@spice-viewer/shared-protocol/link/message-stream.ts';
import { encodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import { u64Of } from '@spice-viewer/shared-protocol/wire/u64.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { FromWorker } from '../threads/worker-messages.ts';
import { InputsChannel } from '../control/inputs-channel.ts';
import { EventLog, TestServer, type TestServerOptions } from './test-server.ts';

const messages = { server: inputsServerMessages, client: inputsClientMessages };
const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

function start(options: TestServerOptions = {}, password = '') {
  const server = new TestServer(messages, { channelCaps: [inputsCapability.keyScancode], ...options });
  const events = new EventLog();
  const posted: FromWorker[] = [];
  const request = {
    kind: 'openChannel',
    channel: { type: 3, id: 0 },
    connectionId: 7,
    password,
    address: server.address,
  } as const;
  const channel = new InputsChannel(request, events, (message) => posted.push(message));
  cleanups.push(() => {
    channel.close();
    server.dispose();
  });
  return { server, events, channel, posted };
}

function named(server: TestServer<any, any>, name: string): unknown[] {
  return server.received.filter((message) => message.name === name).map((message) => message.value);
}

describe('Channel', () => {
  it('links with a password and handles messages in pieces of any size', async () => {
    const { server, events, posted } = start({ password: 'secret' }, 'secret');
    await server.linked;
    const init = writeMessage(true, 101, Uint8Array.from([4, 0]), 0);
    for (const byte of init) server.sendBytes(Uint8Array.from([byte]));
    await server.settled();
    expect(events.isOpen).toBe(true);
    expect(posted).toEqual([{ kind: 'guestLockState', modifiers: 4 }]);
  });

  it('says that the password is wrong', async () => {
    const { events } = start({ password: 'secret' }, 'guess');
    expect(await events.whenClosed).toMatchObject({ kind: 'auth', code: 7 });
  });

  it('says in a sentence what the server answered', async () => {
    const { events } = start({ error: 5 });
    const failure = await events.whenClosed;
    expect(failure).toMatchObject({ kind: 'link', code: 5 });
    expect(failure.sentence).toMatch(/TLS/);
  });

  it('acknowledges every window of messages, after ACK_SYNC', async () => {
    const { server } = start();
    await server.linked;
    server.send('setAck', { generation: 9, window: 3 });
    for (let i = 0; i < 7; i++) server.send('keyModifiers', { modifiers: i });
    await server.settled();
    const flow = server.received.map(({ name }) => name).filter((name) => name.startsWith('ack'));
    // SET_ACK itself does not count; the pong goes out before its ping does.
    expect(flow).toEqual(['ackSync', 'ack', 'ack']);
    await server.settled();
    await server.until(() => named(server, 'ack').length === 3);
    expect(named(server, 'ackSync')).toEqual([{ generation: 9 }]);
  });

  it('passes on what the server has to say', async () => {
    const { server, events } = start();
    await server.linked;
    server.send('notify', {
      timestamp: u64Of(0),
      severity: 1,
      visibility: 2,
      what: 0,
      text: encodeText('low disk'),
    });
    await server.settled();
    expect(events.notes).toEqual(['low disk']);
  });

  it('ends at a message that breaks the protocol, naming channel, message and offset', async () => {
    const { server, events } = start();
    await server.linked;
    server.sendRaw(102, Uint8Array.from([1]));
    const failure = await events.whenClosed;
    expect(failure.kind).toBe('protocol');
    expect(failure.detail).toBe('inputs:0, keyModifiers, byte 0: expected 2 more bytes, got 1');
  });

  it('ends at a message of absurd size without waiting for it', async () => {
    const { server, events } = start();
    await server.linked;
    server.sendBytes(Uint8Array.from([102, 0, 0xff, 0xff, 0xff, 0xff]));
    expect(await events.whenClosed).toMatchObject({ kind: 'protocol' });
  });

  it('ignores types that it does not know', async () => {
    const { server, events } = start();
    await server.linked;
    server.sendRaw(999, new Uint8Array(20));
    await server.settled();
    expect(events.failure).toBeUndefined();
  });

  it('tells apart a server that ends, a lost connection and a bridge that refuses', async () => {
    const ended = start();
    await ended.server.linked;
    await ended.server.settled();
    ended.server.close(1000);
    expect(await ended.events.whenClosed).toMatchObject({ kind: 'closed', code: 1000 });

    const lost = start();
    await lost.server.linked;
    lost.server.close(1006);
    expect((await lost.events.whenClosed).sentence).toMatch(/connection was lost/);

    const refused = start();
    refused.server.close(1011, 'The target refused the connection.');
    expect((await refused.events.whenClosed).sentence).toBe('The target refused the connection.');
  });
});

describe('InputsChannel', () => {
  it('sends keys as scan codes, Pause as one string of bytes', async () => {
    const { server, channel } = start();
    await server.linked;
    await server.settled();
    channel.sendKey('KeyA', true);
    channel.sendKey('KeyA', false);
    channel.sendKey('ArrowUp', true);
    channel.sendKey('ArrowUp', false);
    channel.sendKey('Pause', true);
    channel.sendKey('Pause', false);
    await server.until(({ name }) => name === 'keyScancode');
    expect(named(server, 'keyDown')).toEqual([{ code: 0x1e }, { code: 0x48e0 }]);
    expect(named(server, 'keyUp')).toEqual([{ code: 0x9e }, { code: 0xc8e0 }]);
    expect(named(server, 'keyScancode')).toHaveLength(1);
  });

  it('keeps eight movements under way and then sends the newest position only', async () => {
    const { server, channel } = start();
    await server.linked;
    await server.settled();
    for (let x = 0; x < 30; x++) channel.position(x, 5, 0, 0);
    await server.settled();
    expect(named(server, 'mousePosition')).toHaveLength(8);
    server.send('mouseMotionAck', {});
    await server.settled();
    expect(named(server, 'mousePosition')).toHaveLength(9);
    expect(named(server, 'mousePosition').at(-1)).toMatchObject({ x: 29 });
  });

  it('sums up motion while it waits', async () => {
    const { server, channel } = start();
    await server.linked;
    await server.settled();
    for (let i = 0; i < 30; i++) channel.motion(1, -2, 0);
    server.send('mouseMotionAck', {});
    await server.settled();
    const sums = named(server, 'mouseMotion') as { dx: number; dy: number }[];
    expect(sums.reduce((sum, { dx }) => sum + dx, 0)).toBe(30);
    expect(sums.reduce((sum, { dy }) => sum + dy, 0)).toBe(-60);
  });

  it('sends the pending place before a button', async () => {
    const { server, channel } = start();
    await server.linked;
    await server.settled();
    for (let x = 0; x < 20; x++) channel.position(x, 0, 0, 0);
    channel.button(1, true, 1);
    await server.until(({ name }) => name === 'mousePress');
    const names = server.received.map(({ name }) => name);
    expect(names.at(-2)).toBe('mousePosition');
    expect(named(server, 'mousePosition').at(-1)).toMatchObject({ x: 19 });
    expect(named(server, 'mousePress')).toEqual([{ button: 1, buttons: 1 }]);
  });
});
