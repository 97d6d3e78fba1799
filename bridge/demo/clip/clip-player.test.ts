import { videoCodec } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { readJpegSize } from '@spice-viewer/shared-protocol/codecs/jpeg-header.ts';
import { readVideoFrame } from '@spice-viewer/shared-protocol/codecs/video/video-frame.ts';
import { displayCapability } from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { describe, expect, it } from 'vitest';
import { rectOf, type Region } from '../region.ts';
import { clipIn } from './clip.ts';
import { ClipPlayer } from './clip-player.ts';
import { CLIP_HEIGHT, CLIP_LENGTH, CLIP_WIDTH } from './paint-clip.ts';

const { multiCodec, codecMjpeg, codecVp8, codecVp9 } = displayCapability;
function words(...bits: number[]): number[] {
  return [bits.reduce((sum, bit) => sum | (1 << bit), 0)];
}

const place = rectOf(20, 30, CLIP_WIDTH, CLIP_HEIGHT);
const inSight = { place, visible: [place] };

function start(capabilities: readonly number[]) {
  const sent: { name: string; value: any }[] = [];
  const restored: Region[] = [];
  const world = { canSend: true };
  const player = new ClipPlayer(
    {
      canSend: () => world.canSend,
      send: (name, value) => void sent.push({ name, value }),
      restore: (region) => void restored.push(region),
    },
    capabilities,
  );
  let time = 1000;
  const tick = (times: number, screen: { place: typeof place; visible: Region } = inSight): void => {
    for (let i = 0; i < times; i++) player.tick(screen, (time += 50));
  };
  const names = (): string =>
    sent
      .splice(0)
      .map(({ name }) => name)
      .join(' ');
  return { sent, restored, world, player, tick, names };
}

describe('the clip', () => {
  it('is whole in both codecs, and starts with a key frame', () => {
    const { frames } = clipIn('vp8');
    expect(frames).toHaveLength(CLIP_LENGTH);
    expect(frames.map((frame) => readVideoFrame('vp8', frame).key)).toEqual(frames.map((_, i) => i === 0));
    expect(clipIn('mjpeg').frames).toHaveLength(CLIP_LENGTH / 2);
    for (const frame of clipIn('mjpeg').frames) {
      expect(readJpegSize(frame)).toEqual({ width: CLIP_WIDTH, height: CLIP_HEIGHT });
    }
  });
});

describe('ClipPlayer', () => {
  it('plays in the best codec that the client has, over and over', () => {
    const { tick, sent } = start(words(multiCodec, codecVp8, codecMjpeg));
    tick(CLIP_LENGTH + 20);
    expect(sent[0]).toMatchObject({ name: 'streamCreate', value: { codec: videoCodec.vp8, dest: place } });
    const data = sent.filter(({ name }) => name === 'streamData').map(({ value }) => value);
    expect(data.length).toBeGreaterThan(CLIP_LENGTH + 5);
    expect(data[CLIP_LENGTH].data).toBe(data[0].data);
    expect(data[1].multiMediaTime - data[0].multiMediaTime).toBe(50);
  });

  it('plays MJPEG to clients that know nothing else, and nothing to those without a codec of ours', () => {
    const old = start([]);
    old.tick(20);
    expect(old.sent[0]).toMatchObject({ value: { codec: videoCodec.mjpeg } });
    const other = start(words(multiCodec, codecVp9));
    other.tick(20);
    expect(other.sent).toEqual([]);
  });

  it('stops while it is covered or moved, shows what is below, and starts again where it rests', () => {
    const { tick, names, restored } = start(words(multiCodec, codecVp8));
    tick(8);
    expect(names()).toBe('streamCreate streamData streamData');
    const half = rectOf(20, 30, CLIP_WIDTH, 60);
    tick(1, { place, visible: [half] });
    expect(names()).toBe('streamClip streamData');
    tick(3, { place, visible: [] });
    expect(names()).toBe('streamDestroy');
    tick(1);
    expect(names()).toBe('streamCreate streamData');
    const elsewhere = rectOf(50, 30, CLIP_WIDTH, CLIP_HEIGHT);
    tick(3, { place: elsewhere, visible: [elsewhere] });
    expect(names()).toBe('streamDestroy');
    expect(restored).toEqual([[], [elsewhere]]);
    tick(4, { place: elsewhere, visible: [elsewhere] });
    expect(names()).toBe('streamCreate streamData');
  });

  it('follows the client’s wish, and what it cannot show', () => {
    const { tick, names, sent, player } = start(words(multiCodec, codecVp8, codecMjpeg));
    tick(8);
    names();
    player.prefer(Uint8Array.of(videoCodec.h264, videoCodec.mjpeg));
    expect(names()).toBe('streamDestroy');
    tick(1);
    expect(sent[0]).toMatchObject({ value: { codec: videoCodec.mjpeg } });
    names();
    player.refused(7);
    expect(names()).toBe('');
    player.refused(1);
    tick(1);
    expect(sent[1]).toMatchObject({ name: 'streamCreate', value: { codec: videoCodec.vp8 } });
    names();
    player.refused(1);
    tick(20);
    expect(names()).toBe('streamDestroy');
  });

  it('sends nothing to a client that does not keep up, and leaves out no frame', () => {
    const { tick, sent, world } = start(words(multiCodec, codecVp8));
    tick(9);
    world.canSend = false;
    tick(40);
    world.canSend = true;
    const before = sent.length;
    tick(2);
    expect(sent.slice(before).map(({ value }) => value.data)).toEqual([
      clipIn('vp8').frames[3],
      clipIn('vp8').frames[4],
    ]);
  });
});
