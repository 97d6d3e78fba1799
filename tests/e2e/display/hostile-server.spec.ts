import { startDemoServer, type DemoServer } from '../../../bridge/demo/demo-server.ts';
import type { Misbehaviour } from '../../../bridge/demo/misbehaviour.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
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

const ends: [Misbehaviour, named: RegExp, sentence: RegExp][] = [
  ['garbage-after-link', /^display:0: expected a message of at most .*, got /, /not valid SPICE/],
  ['huge-message', /^display:0: expected a message of at most .*, got /, /not valid SPICE/],
  ['bad-pointer', /^display:0, drawCopy, byte \d+: expected .*, got /, /not valid SPICE/],
  ['close-mid-message', /./, /ended|closed|lost|connection/i],
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
    expect(reason).toMatch(sentence);
    expect(reason).toMatch(/^[A-Z][^{}]+\.$/);
    await expect.poll(() => viewer.visibleText()).toContain(reason);
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
