/** The whole life of a session, with workers that do what the test says. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { SpiceClient } from './spice-client.ts';
import type { SpiceClientEventDetails } from './spice-events.ts';
import { displayChannel, mainChannel, TestBrowser } from './test-browser.ts';
// It comes when something is typed; here it is there at once.
import './type-text.ts';

const SOURCE = 'wss://bridge.example/spice/desk';
const head = { id: 0, x: 0, y: 0, width: 800, height: 600, channel: 0 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Heard = {
  [K in keyof SpiceClientEventDetails]: [K, SpiceClientEventDetails[K]];
}[keyof SpiceClientEventDetails];

function begin(options = {}, { connect = true } = {}) {
  const browser = new TestBrowser();
  const client = new SpiceClient({ source: SOURCE, audio: false, reconnect: true, ...options }, browser);
  const heard: Heard[] = [];
  const follow = (...types: (keyof SpiceClientEventDetails)[]): void => {
    for (const type of types) client.on(type, (detail) => heard.push([type, detail] as Heard));
  };
  if (connect) client.connect();
  return { browser, client, heard, follow };
}

/** A session that stood, broke, and is opened anew. */
async function again(browser: TestBrowser): Promise<void> {
  browser.cut();
  if (browser.display.of('closeAll').length > 0 && !browser.display.isTerminated) browser.confirmEnd();
  await vi.advanceTimersByTimeAsync(1_000);
  browser.establish();
}

describe('a session', () => {
  it('stands when all listed channels do, and tells it once', () => {
    const { browser, client, heard, follow } = begin();
    follow('statechange', 'connect');
    expect(client.state).toBe('connecting');
    expect(browser.session.openedChannels.map(({ channel }) => channel)).toEqual([mainChannel]);
    browser.establish();
    expect(client.state).toBe('connected');
    expect(heard).toEqual([
      ['statechange', { state: 'connected' }],
      ['connect', {}],
    ]);
    expect(browser.display.openedChannels[0]).toMatchObject({ channel: displayChannel, connectionId: 7 });
  });

  it('waits for a password where none was given, and says when one is refused', () => {
    const { browser, client, heard, follow } = begin();
    follow('credentialsrequired', 'securityfailure', 'disconnect');
    const failure = { kind: 'auth', code: 7, sentence: 'The password was refused.' } as const;
    browser.session.say({ kind: 'channelClosed', channel: mainChannel, failure });
    expect(client.state).toBe('connecting');
    client.sendCredentials({ password: 'wrong' });
    expect(browser.session.openedChannels[1]).toMatchObject({ password: 'wrong' });
    browser.session.say({ kind: 'channelClosed', channel: mainChannel, failure });
    expect(heard).toEqual([
      ['credentialsrequired', { types: ['password'] }],
      ['securityfailure', { code: 7, reason: failure.sentence }],
      ['disconnect', { clean: false, reason: failure.sentence }],
    ]);
  });

  it('opens no channel that is disabled, unknown or not wanted', () => {
    const { browser } = begin({ disableChannels: ['cursor'] });
    const webdav = { type: channelType.webdav, id: 0 };
    browser.establish({ channels: [displayChannel, webdav, { type: channelType.playback, id: 0 }] });
    const opened = [...browser.session.openedChannels, ...browser.display.openedChannels];
    expect(opened.map(({ channel }) => channel.type)).toEqual([channelType.main, channelType.display]);
  });

  it('hears nothing of a session that is over', () => {
    const { browser, client, heard, follow } = begin();
    browser.establish();
    client.disconnect();
    follow('displayschange', 'guestname', 'error');
    browser.session.say({ kind: 'name', name: 'late' });
    browser.display.say({ kind: 'displays', displays: [head], maxDisplays: 1 });
    expect(heard).toEqual([]);
  });

  it('survives a worker whose script does not come, and ends in words when one breaks', async () => {
    const { browser, client, heard, follow } = begin();
    browser.establish();
    follow('disconnect');
    browser.session.onerror?.({ message: '' });
    expect(client.state).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(1_000);
    browser.session.onerror?.({ message: 'ReferenceError: x is not defined' });
    expect(client.state).toBe('disconnected');
    expect(heard).toEqual([
      ['disconnect', { clean: false, reason: 'The viewer met an internal error. Reload the page.' }],
    ]);
  });
});

describe('a reconnect', () => {
  it('tells each change once: what goes away with the session, and what comes back', async () => {
    const { browser, client, heard, follow } = begin();
    browser.establish({ agentConnected: true, mouseMode: 2 });
    browser.display.say({ kind: 'displays', displays: [head], maxDisplays: 1 });
    expect([client.agentConnected, client.mouseMode, client.displays.length]).toEqual([true, 'client', 1]);
    follow('statechange', 'agentchange', 'displayschange', 'mousemodechange');
    browser.cut();
    expect([client.agentConnected, client.mouseMode, client.displays.length]).toEqual([false, 'server', 0]);
    await vi.advanceTimersByTimeAsync(1_000);
    browser.establish({ agentConnected: true });
    browser.display.say({ kind: 'displays', displays: [head], maxDisplays: 1 });
    const display = { id: 0, x: 0, y: 0, width: 800, height: 600 };
    expect(heard).toEqual([
      ['statechange', { state: 'reconnecting' }],
      ['displayschange', { displays: [] }],
      ['agentchange', { connected: false }],
      ['mousemodechange', { mode: 'server' }],
      ['agentchange', { connected: true }],
      ['mousemodechange', { mode: 'client' }],
      ['statechange', { state: 'connected' }],
      ['displayschange', { displays: [display] }],
    ]);
  });

  it('knows the lock keys of the new session, whoever listened', async () => {
    const { browser, client } = begin();
    browser.establish();
    browser.session.say({ kind: 'guestLockState', modifiers: 2 });
    expect(client.lockState).toBe(2);
    browser.cut();
    expect(client.lockState).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_000);
    browser.establish();
    browser.session.say({ kind: 'guestLockState', modifiers: 0 });
    expect(client.lockState).toBe(0);
    // A lock key that is pressed counts at once, its repeats do not.
    client.sendKey('CapsLock', true);
    client.sendKey('CapsLock', true);
    expect(client.lockState).toBe(4);
    client.sendLockState(0);
    expect(client.lockState).toBe(0);
  });

  it('types nothing of the old session into the new one', async () => {
    const { browser, client } = begin();
    browser.establish();
    const typed = client.typeText('a'.repeat(10_000));
    const outcome = typed.then(
      () => 'typed',
      (error: Error) => error.message,
    );
    await vi.advanceTimersByTimeAsync(500);
    expect(browser.session.of('key').length).toBeGreaterThan(10);
    await again(browser);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await outcome).toBe('The session ended before all of the text was typed.');
    expect(browser.session.of('key')).toEqual([]);
    // What is typed now is typed.
    const next = client.typeText('b');
    await vi.advanceTimersByTimeAsync(100);
    await next;
    expect(browser.session.of('key').map(({ code, down }) => [code, down])).toEqual([
      ['KeyB', true],
      ['KeyB', false],
    ]);
  });

  it('offers the clipboard again, asks for the monitors again, and has the settings of now', async () => {
    const { browser, client } = begin({ compression: 'lz' }, { connect: false });
    client.clipboardPasteFrom('offered before the session');
    client.connect();
    browser.establish({ agentConnected: true });
    const commands = (): unknown[] => browser.session.of('agent').map(({ command }) => command);
    expect(commands()).toContainEqual({ kind: 'clipboardOffer', formats: ['text/plain'] });
    browser.display.say({ kind: 'displays', displays: [head], maxDisplays: 2 });
    client.setMonitors([{ width: 1024, height: 768 }]);
    client.update('compression', 'quic');
    client.update('primarySelection', true);
    expect(browser.display.of('settings').at(-1)).toEqual({
      kind: 'settings',
      values: { compression: 'quic' },
    });
    expect(browser.session.of('settings').at(-1)).toEqual({
      kind: 'settings',
      values: { primarySelection: true },
    });
    const before = browser.session;
    await again(browser);
    expect(browser.session).not.toBe(before);
    expect(commands()).toContainEqual({ kind: 'clipboardOffer', formats: ['text/plain'] });
    expect(commands()).toContainEqual({
      kind: 'monitors',
      monitors: [expect.objectContaining({ width: 1024, height: 768 })],
    });
    expect(browser.session.of('settings')[0]?.values).toMatchObject({ primarySelection: true });
    expect(browser.display.of('settings')[0]?.values).toMatchObject({ compression: 'quic' });
    // The workers have them before the first channel opens.
    expect(browser.session.told[0]?.kind).toBe('settings');
  });

  it('ends the transfers of the old session in words', async () => {
    const { browser, client, heard, follow } = begin();
    browser.establish({ agentConnected: true });
    follow('transfererror');
    client.sendFiles([new File(['text'], 'note.txt')]);
    await again(browser);
    expect(heard).toEqual([
      [
        'transfererror',
        {
          id: 1,
          name: 'note.txt',
          size: 4,
          cancelled: false,
          message: 'The session ended before the file arrived.',
        },
      ],
    ]);
  });

  it('asks for a ticket each time, and ends in words when there is none', async () => {
    const tickets = ['second'];
    const { browser, client, heard, follow } = begin({
      token: 'first',
      ticketProvider: () => {
        const ticket = tickets.shift();
        return ticket === undefined ? Promise.reject(new Error('no')) : Promise.resolve(ticket);
      },
    });
    browser.establish();
    await again(browser);
    expect(browser.session.openedChannels[0]?.address).toMatchObject({
      protocols: ['binary', 'bearer.second'],
    });
    follow('disconnect');
    browser.cut();
    // One attempt after the other, each without a ticket.
    await vi.advanceTimersByTimeAsync(600_000);
    expect(client.state).toBe('disconnected');
    expect(heard).toEqual([
      [
        'disconnect',
        { clean: false, reason: 'The connection was lost, and there is no new ticket to connect again.' },
      ],
    ]);
  });
});
