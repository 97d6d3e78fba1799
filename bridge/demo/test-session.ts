/** Demo servers and whole clients of them, for tests. */
import { afterEach } from 'vitest';
import { type DemoServer, type DemoServerOptions, startDemoServer } from './demo-server.ts';
import { TestChannel, type TestChannelOptions, until } from './test-client.ts';
import { Replay } from './test-replay.ts';

/** A client's DISPLAY_INIT: a cache of 16 million pixels. */
export const DISPLAY_INIT = {
  pixmapCacheId: 1,
  pixmapCacheSize: { hi: 0, lo: 1 << 24 },
  glzDictionaryId: 1,
  glzWindowSize: 0,
};

/** All channels of a client, its display replayed. */
export interface TestSession {
  readonly main: TestChannel;
  readonly display: TestChannel;
  readonly inputs: TestChannel;
  readonly cursor: TestChannel;
  readonly replay: Replay;
  /** Whether what was drawn here is what the server shows. */
  readonly sameAsServer: () => boolean;
}

export interface DemoServers {
  /** Nothing moves by itself. */
  start(options?: DemoServerOptions): Promise<DemoServer>;
  open(
    server: DemoServer,
    name: 'main' | 'display' | 'inputs' | 'cursor',
    options?: TestChannelOptions,
  ): Promise<TestChannel>;
  join(server: DemoServer, options?: TestChannelOptions, cachePixels?: number): Promise<TestSession>;
}

/** To be called at a test file's top: what is started and opened ends with each test. */
export function useDemoServers(): DemoServers {
  const cleanups: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });
  const start: DemoServers['start'] = async (options = {}) => {
    const server = await startDemoServer({ animate: false, ...options });
    cleanups.push(() => server.close());
    return server;
  };
  const open: DemoServers['open'] = async (server, name, options = {}) => {
    const channel = await TestChannel.open(server.port, name, options);
    cleanups.push(() => channel.close());
    return channel;
  };
  const join: DemoServers['join'] = async (server, options = {}, cachePixels = 1 << 24) => {
    const main = await open(server, 'main', options);
    const sessionId: number = (await main.first('init')).sessionId;
    const session = { ...options, sessionId };
    const replay = new Replay();
    const display = await open(server, 'display', {
      ...session,
      onMessage: (message) => replay.handle(message),
    });
    const inputs = await open(server, 'inputs', session);
    const cursor = await open(server, 'cursor', session);
    display.send('init', { ...DISPLAY_INIT, pixmapCacheSize: { hi: 0, lo: cachePixels } });
    await until(() => replay.marked || display.closed);
    const sameAsServer = (): boolean => replay.firstDifference(server.desktop.screen.bitmap.pixels) === -1;
    return { main, display, inputs, cursor, replay, sameAsServer };
  };
  return { start, open, join };
}

/** Presses and releases keys by their scan codes. */
export function typeKeys(inputs: TestChannel, ...codes: number[]): void {
  for (const code of codes) {
    inputs.send('keyDown', { code });
    inputs.send('keyUp', { code: code | (code > 0xff ? 0x8000 : 0x80) });
  }
}
