import { connect } from 'node:net';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { describe, expect, it } from 'vitest';
import { until } from './test-client.ts';
import { DISPLAY_INIT, typeKeys, useDemoServers } from './test-session.ts';

const { start, open, join } = useDemoServers();

describe('hostile clients', () => {
  it('end their own channel only', async () => {
    const server = await start();
    const good = await join(server);
    const bad = await join(server);
    bad.inputs.sendRaw(101, Uint8Array.of(1));
    await until(() => bad.inputs.closed);
    bad.display.sendRaw(101, new Uint8Array(3));
    await until(() => bad.display.closed);
    bad.cursor.sendRaw(5, new Uint8Array(100_000));
    await until(() => bad.cursor.closed);
    bad.main.sendRaw(105, new Uint8Array(1));
    await until(() => bad.main.closed && server.sessionCount === 1);
    typeKeys(good.inputs, 0x2d);
    await until(() => server.desktop.terminal.text.endsWith('demo$ x'));
    await until(good.sameAsServer);
  });

  it('cannot upset it with any values', async () => {
    const server = await start();
    const { inputs, main, display, sameAsServer } = await join(server);
    const extremes = [0, 1, 0x7fffffff, -0x80000000];
    for (const value of extremes) {
      inputs.send('mousePosition', { x: value >>> 0, y: value >>> 0, buttons: 0xffff, displayId: 255 });
      inputs.send('mousePress', { button: value & 0xff, buttons: 0xffff });
      inputs.send('keyDown', { code: value >>> 0 });
      inputs.send('keyModifiers', { modifiers: value & 0xffff });
      main.send('mouseModeRequest', { mode: value & 0xffff });
      inputs.send('mouseMotion', { dx: value, dy: value, buttons: 0xffff });
    }
    inputs.send('keyScancode', { bytes: Uint8Array.from({ length: 2000 }, (_, i) => (i * 37) & 0xff) });
    display.send('init', DISPLAY_INIT);
    display.send('preferredCompression', { imageCompression: 200 });
    main.sendRaw(4711, new Uint8Array(5));
    main.send('pong', { id: 12, timestamp: { hi: 0, lo: 0 } });
    await until(() => server.inputLog.some(({ name }) => name === 'keyScancode'));
    await until(sameAsServer);
    expect(inputs.closed || main.closed || display.closed).toBe(false);
  });
});

describe('misbehaviour for tests of clients', () => {
  it.each(['bad-magic', 'garbage-after-link', 'huge-message', 'bad-pointer'] as const)(
    '%s',
    async (misbehave) => {
      const server = await start({ misbehave, misbehaveOn: 'main' });
      const main = await open(server, 'main');
      if (misbehave === 'bad-magic') expect(main.error).toMatchObject({ kind: 'not-spice' });
      else if (misbehave !== 'bad-pointer') {
        await until(() => main.closed);
        expect(main.error).toBeInstanceOf(ProtocolError);
      } else expect(await main.first('init')).toBeDefined();
    },
  );

  it('bad-pointer on the display', async () => {
    const server = await start({ misbehave: 'bad-pointer' });
    const { display } = await join(server);
    await until(() => display.closed);
    expect(display.error).toMatchObject({
      name: 'ProtocolError',
      code: 'bad-pointer',
      place: { message: 'drawCopy' },
    });
  });

  it('close-mid-message', async () => {
    const server = await start({ misbehave: 'close-mid-message', misbehaveOn: 'main' });
    const main = await open(server, 'main');
    await until(() => main.closed);
    expect(main.received).toEqual([]);
  });

  it('slow-bytes and unknown-message do no harm', async () => {
    for (const misbehave of ['slow-bytes', 'unknown-message'] as const) {
      const server = await start({ misbehave });
      const { sameAsServer } = await join(server);
      await until(sameAsServer);
    }
  });

  it('silent', async () => {
    const server = await start({ misbehave: 'silent' });
    const socket = connect(server.port, '127.0.0.1');
    let bytes = 0;
    socket.on('data', (chunk) => (bytes += chunk.length));
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(new Uint8Array(100));
    server.disconnectAll();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(bytes).toBe(0);
  });
});
