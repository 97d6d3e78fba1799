/** A TCP proxy before a SPICE server that counts what its display channels send, so that a test can say what it saw. */
import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { displayServerMessages } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import type { Image } from '@spice-viewer/shared-protocol/channels/image.ts';
import { startMessageProxy } from '../../servers/message-proxy.ts';

export interface Tap {
  readonly port: number;
  /** Messages of all display channels by name; images as `image:quic`, off-screen surfaces as `surface:FORMAT`. */
  readonly seen: ReadonlyMap<string, number>;
  /** Pixels of all images that were not just named (from a cache, or a surface). */
  imagePixels(): number;
  /** The names seen so far, sorted, with their counts. */
  summary(): string;
  stop(): Promise<void>;
}

function imagesIn(value: Record<string, unknown>): Image[] {
  const brush = value['brush'] as { image?: unknown } | undefined;
  const mask = value['mask'] as { image?: unknown } | null | undefined;
  const candidates = [value['src'], brush?.image, mask?.image ?? mask];
  return candidates.filter(
    (one): one is Image => typeof one === 'object' && one !== null && 'payload' in one,
  );
}

/** Forwards a port of its own to `target`. */
export async function startTap(target: number): Promise<Tap> {
  const seen = new Map<string, number>();
  let imagePixels = 0;
  const count = (name: string, pixels = 0) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    imagePixels += pixels;
  };
  const fromServer = (type: number, body: Buffer): void => {
    const message = displayServerMessages.read(type, body);
    if (message === undefined) return count(`unknown:${type}`);
    count(message.name);
    const value = message.value as Record<string, unknown>;
    if (message.name === 'surfaceCreate' && value['surfaceId'] !== 0)
      count(`surface:${String(value['format'])}`);
    for (const { payload, width, height } of imagesIn(value)) {
      const isNamed = ['fromCache', 'fromCacheLossless', 'surface'].includes(payload.kind);
      count(`image:${payload.kind}`, isNamed ? 0 : width * height);
    }
  };
  const { port, stop } = await startMessageProxy(target, { channelType: channelType.display, fromServer });
  return {
    port,
    stop,
    seen,
    imagePixels: () => imagePixels,
    summary: () =>
      [...seen]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, times]) => `${name} ${times}`)
        .join(', '),
  };
}
