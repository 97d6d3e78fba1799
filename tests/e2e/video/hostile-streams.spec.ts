/** A real server’s streams, damaged on their way; and decoders that do not do what they should. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { displayServerMessages } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { startMessageProxy } from '../../servers/message-proxy.ts';
import type { Xspice } from '../../servers/xspice.ts';
import { waitForEqual } from '../lib/compare.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { Viewer } from '../lib/viewer.ts';
import { play, stats, streams } from './clip.ts';
import { startDecoderFront } from './decoder-front.ts';
import { psnr } from './psnr.ts';

needs('chromium', 'xspice', 'gstreamer');

interface Frame {
  id: number;
  multiMediaTime: number;
  data: Uint8Array;
}

const streamData = displayServerMessages.typeOf('streamData');
/** In place of a frame that is to be missing: it means nothing to a client, but is a message to acknowledge. */
const nothing = {
  type: displayServerMessages.typeOf('invalPalette'),
  body: displayServerMessages.write('invalPalette', { id: { hi: 0, lo: 0 } }),
};

/** Forwards to a server, its n-th video frame changed (`undefined`: left out). */
function startFrameProxy(port: number, change: (frame: Frame, n: number) => Frame | undefined) {
  let n = 0;
  return startMessageProxy(port, {
    channelType: channelType.display,
    fromServer(type, body) {
      if (type !== streamData) return undefined;
      const frame = displayServerMessages.read(type, body)?.value as Frame;
      const changed = change(frame, n++);
      if (changed === undefined) return nothing;
      return { type, body: displayServerMessages.write('streamData', changed) };
    },
  });
}

async function shown(viewer: Viewer): Promise<number> {
  return (await streams(viewer))[0]?.framesPresented ?? 0;
}

/** What the viewer itself complains of. */
async function troubles(viewer: Viewer): Promise<string[]> {
  return (await viewer.events())
    .filter(({ type }) => type === 'error')
    .map(({ detail }) => detail as { kind: string; message: string })
    .filter(({ kind }) => kind !== 'server')
    .map(({ message }) => message);
}

/** The clip is there, as frames or as pictures; once it ended the desktop is exact and nothing is left of it. */
async function endsWell(viewer: Viewer, server: Xspice, clip: Awaited<ReturnType<typeof play>>) {
  const place = await clip.box();
  await expect
    .poll(async () => psnr(await viewer.pixels(), await server.screenshot(), place), { timeout: 40_000 })
    .toBeGreaterThan(28);
  await clip.player.stop();
  await waitForEqual('the desktop without the player', () => viewer.pixels(), server.screenshot);
  await expect.poll(() => streams(viewer), { timeout: 20_000 }).toEqual([]);
  expect((await stats(viewer)).openVideoFrames, 'video frames not closed').toBe(0);
  expect(await viewer.state()).toBe('connected');
}

/** Deterministic noise over a part of the frame. */
function damaged(data: Uint8Array, from: number): Uint8Array {
  const copy = data.slice();
  for (let i = Math.floor(copy.length * from); i < copy.length; i += 3) copy[i] = (i * 97 + 31) & 0xff;
  return copy;
}

test('a VP8 stream without its first frames is shown all the same, with one warning at most', async ({
  xspice,
  connect,
  owned,
}) => {
  const server = await xspice({ streaming: 'all', videoCodecs: 'gstreamer:vp8;spice:mjpeg' });
  const proxy = owned(await startFrameProxy(server.port, (frame, n) => (n < 3 ? undefined : frame)));
  const viewer = await connect(proxy.port);
  const clip = await play(server, { pattern: 'smpte75' });
  await expect.poll(() => shown(viewer), { timeout: 60_000 }).toBeGreaterThan(30);
  expect((await troubles(viewer)).length).toBeLessThanOrEqual(1);
  await endsWell(viewer, server, clip);
});

for (const [codec, videoCodecs] of [
  ['mjpeg', 'spice:mjpeg'],
  ['vp8', 'gstreamer:vp8;spice:mjpeg'],
  ['h264', 'gstreamer:h264;gstreamer:vp8;spice:mjpeg'],
] as const) {
  test(`${codec} frames damaged on the way harm nothing but themselves`, async ({
    xspice,
    connect,
    owned,
  }) => {
    const server = await xspice({ streaming: 'all', videoCodecs });
    let damages = 0;
    const proxy = owned(
      await startFrameProxy(server.port, (frame, n) => {
        if (n < 20 || n > 44 || n % 4 !== 0) return frame;
        damages++;
        return { ...frame, data: damaged(frame.data, n % 8 === 0 ? 0 : 0.3) };
      }),
    );
    const viewer = await connect(proxy.port);
    const clip = await play(server, { pattern: 'smpte75' });
    await expect.poll(() => damages, { timeout: 40_000 }).toBeGreaterThanOrEqual(5);
    await expect.poll(() => shown(viewer), { timeout: 60_000 }).toBeGreaterThan(60);
    // A stream that does not recover is given up, with one warning, and the server sends something else.
    expect((await troubles(viewer)).length).toBeLessThanOrEqual(1);
    await endsWell(viewer, server, clip);
  });

  if (codec === 'h264') continue;
  test(`${codec} frames of another size in the middle of a stream fill the same place`, async ({
    xspice,
    connect,
    owned,
  }) => {
    const server = await xspice({ streaming: 'all', videoCodecs });
    const encoder = codec === 'vp8' ? ['vp8enc', 'deadline=1', 'target-bitrate=2000000'] : ['jpegenc'];
    const caps = 'video/x-raw,format=I420,width=320,height=240,framerate=25/1';
    const source = ['videotestsrc', 'num-buffers=50', 'pattern=smpte75', '!', caps];
    const files = join(server.dir, 'small-%03d');
    await server.exec(
      'gst-launch-1.0',
      '-q',
      ...source,
      '!',
      ...encoder,
      '!',
      'multifilesink',
      `location=${files}`,
    );
    const small = readdirSync(server.dir)
      .filter((name) => name.startsWith('small-'))
      .sort()
      .map((name) => readFileSync(join(server.dir, name)));
    expect(small.length).toBe(50);
    const proxy = owned(
      await startFrameProxy(server.port, (frame, n) =>
        n < 40 ? frame : { ...frame, data: small[(n - 40) % small.length] as Buffer },
      ),
    );
    const viewer = await connect(proxy.port);
    const clip = await play(server, { pattern: 'smpte75' });
    await expect
      .poll(async () => (await streams(viewer))[0], { timeout: 40_000 })
      .toMatchObject({ codec, width: 320, height: 240 });
    const before = await shown(viewer);
    await expect.poll(() => shown(viewer)).toBeGreaterThan(before + 25);
    // Only the edges of the bars are coarser.
    expect(psnr(await viewer.pixels(), await server.screenshot(), await clip.box())).toBeGreaterThan(22);
    expect(await troubles(viewer)).toEqual([]);
    await clip.player.stop();
    await waitForEqual('the desktop without the player', () => viewer.pixels(), server.screenshot);
    expect((await stats(viewer)).openVideoFrames, 'video frames not closed').toBe(0);
  });
}

test('frames of streams that do not exist are said once, and the stream that does goes on', async ({
  xspice,
  connect,
  owned,
}) => {
  const server = await xspice({ streaming: 'all', videoCodecs: 'spice:mjpeg' });
  const proxy = owned(
    await startFrameProxy(server.port, (frame, n) =>
      n % 3 === 1 ? { ...frame, id: n % 2 === 0 ? 49 : 4_000_000 } : frame,
    ),
  );
  const viewer = await connect(proxy.port);
  const clip = await play(server, { pattern: 'smpte75' });
  await expect.poll(() => shown(viewer), { timeout: 40_000 }).toBeGreaterThan(50);
  expect(await troubles(viewer)).toEqual([expect.stringMatching(/a frame of a stream that exists/)]);
  await endsWell(viewer, server, clip);
});

const decoders = {
  'throws at every frame': `class extends VideoDecoder {
    decode() { throw new DOMException('no', 'DataError'); }
  }`,
  'never calls back': `class extends VideoDecoder {
    constructor() { super({ output: (frame) => frame.close(), error: () => undefined }); }
  }`,
  'fails after some frames': `class extends VideoDecoder {
    constructor(init) { super(init); this.init = init; this.left = 40; }
    decode(chunk) {
      if (this.left-- > 0) return super.decode(chunk);
      this.close();
      setTimeout(() => this.init.error(new DOMException('lost', 'EncodingError')));
    }
  }`,
};

for (const [what, decoder] of Object.entries(decoders)) {
  test(`a decoder that ${what}: the clip is shown in another codec, with one warning`, async ({
    page,
    xspice,
    bridge,
    owned,
  }) => {
    const server = await xspice({ streaming: 'all', videoCodecs: 'gstreamer:vp8;spice:mjpeg' });
    const { url, pageUrl } = await bridge({ server: `spice://127.0.0.1:${server.port}` });
    const front = owned(await startDecoderFront(url, decoder));
    const viewer = await Viewer.open(page, pageUrl('server', { embed: '1' }).replace(url, front.url));
    await viewer.waitConnected();
    const clip = await play(server, { pattern: 'smpte75' });
    await expect
      .poll(async () => (await streams(viewer))[0], { timeout: 60_000 })
      .toMatchObject({ codec: 'mjpeg' });
    await expect.poll(() => shown(viewer), { timeout: 40_000 }).toBeGreaterThan(25);
    expect(await troubles(viewer)).toEqual([expect.stringMatching(/^Video in vp8 cannot be shown: /)]);
    await endsWell(viewer, server, clip);
  });
}
