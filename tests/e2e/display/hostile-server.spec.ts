import { startDemoServer, type DemoServer } from '../../../bridge/demo/demo-server.ts';
import type { Misbehaviour } from '../../../bridge/demo/misbehaviour.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { expectSentence } from '../lib/sentence.ts';
import type { Viewer } from '../lib/viewer.ts';
import { waitForShown } from './shown.ts';

needs('chromium');

/** What the page does with a server that breaks the protocol on its display channel; more cases are unit tests. */

async function start(misbehave: Misbehaviour): Promise<DemoServer & { stop(): Promise<void> }> {
  const server = await startDemoServer({ misbehave, animate: false });
  return Object.assign(server, { stop: () => server.close() });
}

/** The messages of the viewer's error events. */
async function errorsOf(viewer: Viewer): Promise<string[]> {
  return (await viewer.events())
    .filter(({ type }) => type === 'error')
    .map(({ detail }) => (detail as { message: string }).message);
}

const NOT_SPICE =
  'The server sent data that is not valid SPICE (display:0). Check that it is a SPICE server, and update it or the viewer.';

const ends: [Misbehaviour, named: RegExp, sentence: string][] = [
  ['garbage-after-link', /^display:0: expected a message of at most .*, got /, NOT_SPICE],
  ['huge-message', /^display:0: expected a message of at most .*, got /, NOT_SPICE],
  ['bad-pointer', /^display:0, drawCopy, byte \d+: expected .*, got /, NOT_SPICE],
  ['close-mid-message', /./, 'The server ended the session.'],
];

for (const [misbehaviour, named, sentence] of ends) {
  test(`a display channel that sends nonsense (${misbehaviour}) ends with a sentence`, async ({
    bridge,
    open,
    owned,
  }) => {
    const server = owned(await start(misbehaviour));
    const viewer = await open(await bridge({ server: `spice://127.0.0.1:${server.port}` }), 'server');
    await viewer.waitForState('disconnected', 30_000);
    const disconnect = (await viewer.events()).find(({ type }) => type === 'disconnect');
    const reason = (disconnect?.detail as { reason?: string } | undefined)?.reason ?? '';
    expect(reason).toBe(sentence);
    await expectSentence(viewer, sentence);
    if (misbehaviour !== 'close-mid-message') {
      expect(await errorsOf(viewer)).toEqual([expect.stringMatching(named)]);
    }
  });
}

for (const misbehaviour of ['unknown-message', 'slow-bytes'] as const) {
  test(`a display channel with ${misbehaviour} goes on`, async ({ connect, owned }) => {
    const server = owned(await start(misbehaviour));
    const viewer = await connect(server.port);
    await waitForShown('the demo desktop', viewer, () => {
      const { width, height, rgba } = server.framebuffer();
      return Promise.resolve({ width, height, rgba: new Uint8Array(rgba) });
    });
    expect(await errorsOf(viewer)).toEqual([]);
  });
}
