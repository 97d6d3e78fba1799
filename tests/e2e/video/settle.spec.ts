/** A server that sends what the browser cannot decode: the session settles on another codec by itself. */
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import {
  displayClientMessages,
  displayServerMessages,
  videoCodec,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { displayCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { openFirefox } from '../../browsers/firefox.ts';
import { startMessageProxy } from '../../servers/message-proxy.ts';
import { waitForEqual } from '../lib/compare.ts';
import { BrowserViewer } from '../lib/browser-viewer.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { play } from './clip.ts';
import { psnr } from './psnr.ts';

needs('firefox', 'xspice', 'gstreamer');

/** Adds a capability to those of the channel in a link message (16 bytes of header, then counts at 22 and 26). */
function announce(link: Buffer, capability: number): void {
  const common = link.readUInt32LE(22);
  const at = 16 + link.readUInt32LE(30) + (common + (capability >> 5)) * 4;
  link.writeUInt32LE((link.readUInt32LE(at) | (1 << (capability & 31))) >>> 0, at);
}

test('Firefox with a server that sends H.264 in 4:4:4: refused once, VP8 asked for once, never without a picture', async ({
  xspice,
  bridge,
  owned,
}) => {
  const server = await xspice({
    streaming: 'all',
    videoCodecs: 'gstreamer:h264;spice:mjpeg;gstreamer:vp8',
  });
  const created: number[] = [];
  const asked: string[] = [];
  const proxy = owned(
    await startMessageProxy(server.port, {
      channelType: channelType.display,
      // Firefox does not have it, so the viewer did not say so.
      link: (bytes) => announce(bytes, displayCapability.codecH264),
      fromServer(type, body) {
        const message = type === createType ? displayServerMessages.read(type, body) : undefined;
        if (message !== undefined) created.push((message.value as { codec: number }).codec);
      },
      fromClient(type, body) {
        const message = displayClientMessages.read(type, body);
        if (message?.name === 'preferredVideoCodecType') {
          asked.push(`prefer ${(message.value as { codecs: Uint8Array }).codecs.join()}`);
        } else if (message?.name === 'streamReport') {
          const { drops } = message.value as { drops: number };
          if (drops === 0xffff_ffff) asked.push('unsupported');
        }
      },
    }),
  );
  const { pageUrl } = await bridge({ server: `spice://127.0.0.1:${proxy.port}` });
  const page = await openFirefox(pageUrl('server', { embed: '1' }));
  try {
    const viewer = new BrowserViewer(page);
    await viewer.waitConnected();
    const { player, box } = await play(server, { pattern: 'smpte75' });
    await expect.poll(() => created, { timeout: 40_000 }).toContain(videoCodec.h264);
    await expect
      .poll(async () => (await viewer.stats()).streams[0], { timeout: 60_000 })
      .toMatchObject({ codec: 'vp8' });
    await expect
      .poll(async () => (await viewer.stats()).streams[0]?.framesPresented ?? 0, { timeout: 40_000 })
      .toBeGreaterThan(30);
    expect(created).toEqual([videoCodec.h264, videoCodec.vp8]);
    expect(asked).toEqual(['unsupported', expect.stringMatching(/^prefer 2,/)]);
    const place = await box();
    await expect
      .poll(async () => psnr(await viewer.pixels(), await server.screenshot(), place))
      .toBeGreaterThan(28);
    const errors = (await viewer.errors()).filter(({ kind }) => kind !== 'server');
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Video in h264 cannot be shown: .* The server is asked for another codec\.$/),
    ]);
    await player.stop();
    await waitForEqual('the desktop without the player', () => viewer.pixels(), server.screenshot);
    expect((await viewer.stats()).openVideoFrames).toBe(0);
  } finally {
    await page.close();
  }
});

const createType = displayServerMessages.typeOf('streamCreate');
