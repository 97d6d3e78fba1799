import { mouseMode } from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import { decodeText } from '@spice-viewer/shared-protocol/wire/text.ts';
import { describe, expect, it } from 'vitest';
import { until } from './test-client.ts';
import { DISPLAY_INIT, typeKeys, useDemoServers } from './test-session.ts';

const { start, open, join } = useDemoServers();

describe.each([true, false])('a session of the demo server (mini headers: %s)', (miniHeader) => {
  it('starts as real servers do', async () => {
    const server = await start({ name: 'Testmaschine' });
    const { main, inputs, cursor, display, replay, sameAsServer } = await join(server, { miniHeader });
    expect(main.link?.miniHeader).toBe(miniHeader);
    expect(decodeText((await main.first('name')).name)).toBe('Testmaschine');
    expect((await main.first('uuid')).uuid).toHaveLength(16);
    main.send('attachChannels');
    expect((await main.first('channelsList')).channels).toEqual([
      { type: 2, id: 0 },
      { type: 3, id: 0 },
      { type: 4, id: 0 },
    ]);
    expect(await inputs.first('init')).toMatchObject({ modifiers: 0 });
    expect((await cursor.first('init')).cursor.header).toMatchObject({ width: 24, height: 28 });
    expect(await display.first('monitorsConfig')).toMatchObject({ heads: [{ width: 1024, height: 768 }] });
    await until(sameAsServer);
    expect([...replay.kinds.keys()].sort()).toEqual(['lzPlt', 'lzRgb', 'quic']);
    await until(() => main.values('ping').length >= 3 && server.desktop.latency !== undefined);
  });

  it('shows keys, scrolls, moves windows and keeps the pixels', async () => {
    const server = await start();
    const { inputs, display, replay, sameAsServer } = await join(server, { miniHeader });
    typeKeys(inputs, 0x23, 0x12, 0x26, 0x26, 0x18);
    await until(() => server.desktop.terminal.text.endsWith('demo$ hello'));
    await until(() => display.values('drawText').length >= 5 && sameAsServer());
    // Line by line: a burst would be drawn as pictures.
    for (let i = 0; display.values('copyBits').length === 0; i++) {
      typeKeys(inputs, 0x1e, 0x1c);
      await until(() => server.inputLog.length === 10 + (i + 1) * 4 && sameAsServer());
    }
    expect(server.desktop.terminal.text.split('a: not found').length).toBeGreaterThan(3);
    const copies = display.values('copyBits').length;
    // Drags the terminal by its title over everything else, and off the screen's edge.
    inputs.send('mousePosition', { x: 300, y: 60, buttons: 0, displayId: 0 });
    inputs.send('mousePress', { button: 1, buttons: 1 });
    for (let i = 1; i <= 30; i++) {
      inputs.send('mousePosition', { x: 300 + i * 20, y: 60 + i * 14, buttons: 1, displayId: 0 });
    }
    inputs.send('mouseRelease', { button: 1, buttons: 0 });
    await until(
      () => display.values('copyBits').length > copies && inputs.values('mouseMotionAck').length === 7,
    );
    await until(sameAsServer);
    // Over the icons, whose pictures the client keeps.
    for (const y of [90, 200, 300, 90, 200, 300]) {
      inputs.send('mousePosition', { x: 60, y, buttons: 0, displayId: 0 });
    }
    await until(() => (replay.kinds.get('fromCache') ?? 0) > 0);
    await until(sameAsServer);
  });
});

describe('the demo desktop', () => {
  it('animates, and clients follow', async () => {
    const server = await start({ animate: true });
    // Room for the icons, but not for the moving logo beside them.
    const { display, replay } = await join(server, {}, 3 * 84 * 76 + 100);
    await until(() => (replay.kinds.get('fromCache') ?? 0) > 40 && replay.invalidated > 0);
    expect(display.error).toBeUndefined();
    expect(display.acks).toBeGreaterThan(1);
  });

  it('shows every kind of cursor, from the cache the second time', async () => {
    const server = await start();
    const { inputs, cursor } = await join(server);
    const sweep = (): void => {
      for (let y = 450; y < 600; y += 25) {
        for (let x = 640; x < 990; x += 30) inputs.send('mousePosition', { x, y, buttons: 0, displayId: 0 });
      }
    };
    const isCached = (value: { cursor: { flags: number } }): boolean => value.cursor.flags === 4;
    sweep();
    await until(() => cursor.values('hide').length > 0 && cursor.values('set').some(isCached));
    const types = new Set<number>(cursor.values('set').map((value) => value.cursor.header.type));
    expect([...types].sort()).toEqual([0, 1, 2, 4, 6]);
    const sizes = cursor.values('set').map((value) => value.cursor.header.width);
    expect(Math.max(...sizes)).toBe(160);
    expect(
      cursor
        .values('set')
        .filter(isCached)
        .every((value) => value.cursor.data.length === 0),
    ).toBe(true);
  });

  it('switches the mouse mode on request and on F9, and then moves the cursor itself', async () => {
    const server = await start();
    const { main, inputs, cursor } = await join(server);
    main.send('mouseModeRequest', { mode: mouseMode.server });
    expect(await main.first('mouseMode')).toEqual({ supported: 3, current: mouseMode.server });
    const { x, y } = server.desktop.pointer;
    for (let i = 0; i < 8; i++) inputs.send('mouseMotion', { dx: 3, dy: -2, buttons: 0 });
    await until(() => inputs.values('mouseMotionAck').length === 2);
    await until(() =>
      cursor.values('move').some(({ position }) => position.x === x + 24 && position.y === y - 16),
    );
    inputs.send('mousePosition', { x: 1, y: 1, buttons: 0, displayId: 0 });
    typeKeys(inputs, 0x43);
    await until(() => main.values('mouseMode').length === 2);
    expect(server.desktop.pointer).toMatchObject({ x: x + 24, y: y - 16 });
    inputs.send('mousePosition', { x: 5, y: 6, buttons: 0, displayId: 0 });
    await until(() => server.desktop.pointer.x === 5);
    main.send('mouseModeRequest', { mode: 77 });
    expect(main.values('mouseMode')).toHaveLength(2);
  });

  it('keeps the lock state and types by it', async () => {
    const server = await start();
    const first = await join(server);
    const second = await join(server);
    first.inputs.send('keyModifiers', { modifiers: 4 });
    expect(await second.inputs.first('keyModifiers')).toEqual({ modifiers: 4 });
    typeKeys(first.inputs, 0x1e);
    first.inputs.send('keyScancode', {
      bytes: Uint8Array.of(0x2a, 0x30, 0xb0, 0xaa, 0x3a, 0xba, 0x2e, 0xae),
    });
    await until(() => server.desktop.terminal.text.endsWith('demo$ Abc'));
    await until(() => second.inputs.values('keyModifiers').length === 2);
    expect(second.inputs.values('keyModifiers')[1]).toEqual({ modifiers: 0 });
    // NumLock on, then keypad 7 and the extended Home key: only the former types.
    typeKeys(first.inputs, 0x45, 0x47, 0x47e0);
    await until(() => server.desktop.terminal.text.endsWith('Abc7'));
    expect(server.inputLog[0]).toEqual({ name: 'keyModifiers', value: { modifiers: 4 } });
  });

  it('tells of Ctrl+Alt+Del, and lets go of keys when a client leaves', async () => {
    const server = await start();
    const { inputs, main, sameAsServer } = await join(server);
    const { stack, keyboard } = server.desktop;
    for (const code of [0x1d, 0x38, 0x53e0]) inputs.send('keyDown', { code });
    await until(() => stack.all.some((window) => window.title === 'Notice'));
    await until(sameAsServer);
    main.close();
    await until(() => server.sessionCount === 0 && inputs.closed);
    expect(keyboard.press(0x1e)).toMatchObject({ ctrl: false, alt: false, text: 'a' });
  });

  it('is one desktop for all clients', async () => {
    const server = await start();
    const clients = await Promise.all([join(server), join(server), join(server)]);
    expect(server.sessionCount).toBe(3);
    typeKeys(clients[0].inputs, 0x2d);
    await until(() => server.desktop.terminal.text.endsWith('demo$ x'));
    await until(() => clients.every(({ sameAsServer }) => sameAsServer()));
    const { rgba, width, height } = server.framebuffer();
    expect(rgba.length).toBe(width * height * 4);
    const { pixels } = server.desktop.screen.bitmap;
    expect(Array.from(rgba.subarray(0, 4))).toEqual([
      pixels[0] >> 16,
      (pixels[0] >> 8) & 255,
      pixels[0] & 255,
      255,
    ]);
  });
});

describe('flow control', () => {
  it('stops at twice the window and catches up with pictures', async () => {
    const server = await start({ ackWindow: 20 });
    const { display, inputs, sameAsServer } = await join(server, { acknowledge: false });
    const afterWindow = (): number =>
      display.received.length - display.received.findIndex(({ name }) => name === 'setAck') - 1;
    for (let i = 0; i < 30; i++) typeKeys(inputs, 0x1e);
    await until(() => server.desktop.terminal.text.endsWith('a'.repeat(30)));
    await until(() => afterWindow() === 41);
    expect(sameAsServer()).toBe(false);
    for (let i = 0; i < 3; i++) display.send('ack');
    await until(sameAsServer);
  });

  it('ignores ACKs of another generation', async () => {
    const server = await start({ ackWindow: 5 });
    const main = await open(server, 'main');
    const { sessionId } = await main.first('init');
    const display = await open(server, 'display', { sessionId, acknowledge: false });
    display.send('init', DISPLAY_INIT);
    await until(() => display.values('mark').length > 0);
    const sent = display.received.length;
    display.send('ackSync', { generation: 99 });
    display.send('ackSync', { generation: 1 });
    display.send('ack');
    await until(() => display.received.length > sent);
  });
});
