import { videoCodec } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { capabilityWords, displayCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { timeDifference } from '../../../web/common/media-clock.ts';
import { afterEach, expect, it } from 'vitest';
import { startDemoServer } from '../demo-server.ts';
import { TestChannel, until } from '../test-client.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it('the demo server streams its clip on the multimedia time that it announced, wherever its window is', async () => {
  const server = await startDemoServer();
  cleanups.push(() => server.close());
  const main = await TestChannel.open(server.port, 'main');
  const { sessionId, multiMediaTime } = await main.first('init');
  const channelCaps = capabilityWords([displayCapability.multiCodec, displayCapability.codecVp8]);
  const display = await TestChannel.open(server.port, 'display', { sessionId, channelCaps });
  cleanups.push(
    () => main.close(),
    () => display.close(),
  );
  const init = { pixmapCacheId: 1, glzDictionaryId: 1, glzWindowSize: 0 };
  display.send('init', { ...init, pixmapCacheSize: { hi: 0, lo: 1 << 24 } });
  const named = (name: string) => display.received.filter((message) => message.name === name);
  await until(() => named('streamData').length >= 5);
  expect(named('streamCreate')[0]?.value).toMatchObject({ codec: videoCodec.vp8 });
  const first = (named('streamData')[0]?.value as { multiMediaTime: number } | undefined)?.multiMediaTime;
  expect(timeDifference(first ?? multiMediaTime, multiMediaTime)).toBeGreaterThan(0);

  const { stack, video } = server.desktop;
  stack.move(video, 20, 560);
  await until(() => named('streamCreate').length === 2);
  expect(named('streamDestroy')).toHaveLength(1);
  expect(named('streamCreate')[1]?.value).toMatchObject({ dest: { left: 21, top: 587 } });
});
