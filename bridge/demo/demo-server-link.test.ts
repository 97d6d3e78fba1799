import { connect } from 'node:net';
import { mouseMode } from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { LinkError } from '@spice-viewer/shared-protocol/link/link-error.ts';
import { describe, expect, it } from 'vitest';
import { useDemoServers } from './test-session.ts';

const { start, open } = useDemoServers();

describe('the link stage of the demo server', () => {
  it('lets everybody in without a password', async () => {
    const server = await start();
    const main = await open(server, 'main', { password: 'anything' });
    expect(main.link?.miniHeader).toBe(true);
    expect(await main.first('init')).toMatchObject({
      supportedMouseModes: 3,
      currentMouseMode: mouseMode.client,
    });
  });

  it('wants the password on every channel', async () => {
    const server = await start({ password: 'geheim ß' });
    const main = await open(server, 'main', { password: 'geheim ß' });
    const { sessionId } = await main.first('init');
    for (const password of ['', 'geheim', 'geheim ß ']) {
      for (const channel of ['main', 'display'] as const) {
        const refused = await open(server, channel, {
          password,
          sessionId: channel === 'main' ? 0 : sessionId,
        });
        expect(refused.error).toBeInstanceOf(LinkError);
        expect(refused.error).toMatchObject({ kind: 'auth', code: 7 });
      }
    }
    expect((await open(server, 'inputs', { password: 'geheim ß', sessionId })).error).toBeUndefined();
  });

  it('knows its sessions', async () => {
    const server = await start();
    expect((await open(server, 'display', { sessionId: 12345 })).error).toMatchObject({
      kind: 'session',
      code: 8,
    });
    expect((await open(server, 'main', { sessionId: 12345 })).error).toMatchObject({
      kind: 'session',
      code: 8,
    });
  });

  it('fails links as it is told to', async () => {
    const server = await start({ failLink: ({ channelType }) => (channelType === 2 ? 5 : 0) });
    const main = await open(server, 'main');
    const { sessionId } = await main.first('init');
    expect((await open(server, 'display', { sessionId })).error).toMatchObject({ kind: 'secure-required' });
  });

  it.each([
    ['another magic', [...new Uint8Array(16).fill(65)], 2],
    ['another version', [0x52, 0x45, 0x44, 0x51, 3, 0, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0], 4],
    ['a huge size', [0x52, 0x45, 0x44, 0x51, 2, 0, 0, 0, 2, 0, 0, 0, 255, 255, 255, 255], 3],
    [
      'capabilities that are not there',
      [0x52, 0x45, 0x44, 0x51, 2, 0, 0, 0, 2, 0, 0, 0, 18, 0, 0, 0].concat([
        0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 18, 0, 0, 0,
      ]),
      3,
    ],
  ])('answers %s with an error and hangs up', async (_what, bytes, error) => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(Uint8Array.from(bytes));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(Buffer.concat(chunks).readUInt32LE(16)).toBe(error);
  });
});
