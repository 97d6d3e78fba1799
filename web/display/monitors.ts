import type { Head } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import type { Surface } from '../render/surface.ts';
import type { PresentedHead } from './presenter.ts';

/** Displays of one channel that are shown at the most; as many as QEMU's devices can have. */
export const MAX_MONITORS = 16;

/** What MONITORS_CONFIG says: how many monitors the guest can enable, and those that it has enabled. */
export function enabledMonitors(
  maxAllowed: number,
  heads: readonly Head[],
): { max: number; heads: readonly Head[] } {
  const max = Math.min(MAX_MONITORS, Math.max(1, maxAllowed));
  const byId = new Map<number, Head>();
  for (const head of heads) {
    const isEnabled = head.width > 0 && head.height > 0;
    if (isEnabled && !byId.has(head.monitorId) && byId.size < max) byId.set(head.monitorId, head);
  }
  return { max, heads: [...byId.values()] };
}

/** Whether a monitor lies on the surface and shows something. */
export function isUsableHead(head: Head, surface: Surface): boolean {
  return (
    head.width > 0 &&
    head.height > 0 &&
    head.x + head.width <= surface.width &&
    head.y + head.height <= surface.height
  );
}

export interface MonitoredChannel {
  readonly id: number;
  readonly surface: Surface | undefined;
  readonly heads: readonly Head[];
}

/**
 * The displays that a channel's heads are. With one display channel a display is a monitor of it, with several
 * each channel is a display: the same numbers that MOUSE_POSITION carries.
 */
export function presentedHeads(channel: MonitoredChannel, isOnly: boolean): PresentedHead[] {
  const { surface } = channel;
  if (surface === undefined) return [];
  if (channel.heads.length === 0) {
    const { width, height } = surface;
    return [{ id: isOnly ? 0 : channel.id, x: 0, y: 0, width, height, surfaceX: 0, surfaceY: 0 }];
  }
  const heads = isOnly ? channel.heads : channel.heads.slice(0, 1);
  return heads.map(({ monitorId, x, y, width, height }) => ({
    id: isOnly ? monitorId : channel.id,
    x,
    y,
    width,
    height,
    surfaceX: x,
    surfaceY: y,
  }));
}
