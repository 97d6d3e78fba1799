import type { MonitorRequest } from '../api/public-types.ts';

/** A monitor with all that MONITORS_CONFIG says of it; 0 by 0 is off. */
export type PlacedMonitor = Required<MonitorRequest>;

/** No guest has monitors smaller or larger, guest pixels. */
export const SMALLEST_MONITOR = 64;
export const LARGEST_MONITOR = 16_384;
/** X and Windows have 16 bits for a place on their desktop. */
const FARTHEST = 32_767;
/** Where the guest has not said how many it can have. */
const MOST_MONITORS = 16;

/**
 * What `setMonitors` was given, complete and checked.
 * @param max how many displays the guest can have; 0 when that is not known
 * @throws TypeError, RangeError in a sentence
 */
export function checkedMonitors(list: readonly MonitorRequest[], max: number): PlacedMonitor[] {
  if (!Array.isArray(list)) throw new TypeError('setMonitors takes a list of monitors.');
  if (list.length === 0) return [];
  const limit = max === 0 ? MOST_MONITORS : max;
  let right = 0;
  const monitors = list.map((request, index) => {
    const monitor = checked(request, index, right);
    right = Math.max(right, monitor.x + monitor.width);
    return monitor;
  });
  const enabled = monitors.filter(isEnabled);
  if (enabled.length === 0) throw new RangeError('At least one monitor must stay on.');
  if (enabled.length > limit || monitors.some(({ id }) => id >= Math.max(limit, list.length))) {
    throw new RangeError(`This guest can have ${limit} ${limit === 1 ? 'monitor' : 'monitors'} at the most.`);
  }
  if (new Set(monitors.map(({ id }) => id)).size < monitors.length) {
    throw new RangeError('Two monitors have the same id.');
  }
  return monitors.sort((a, b) => a.id - b.id);
}

export function isEnabled({ width, height }: { width: number; height: number }): boolean {
  return width > 0 && height > 0;
}

function checked(request: MonitorRequest, index: number, right: number): PlacedMonitor {
  const { id = index, width, height, x, y } = request;
  if (!isBetween(id, 0, 255)) throw new RangeError(`A monitor's id is a small whole number, not ${id}.`);
  const isOff = width === 0 && height === 0;
  for (const size of [width, height]) {
    if (isOff || isBetween(size, SMALLEST_MONITOR, LARGEST_MONITOR)) continue;
    throw new RangeError(
      `A monitor is ${SMALLEST_MONITOR} to ${LARGEST_MONITOR} pixels wide and high, not ${width} by ${height}.`,
    );
  }
  if ((x === undefined) !== (y === undefined)) throw new TypeError('A monitor has both x and y, or none.');
  const place = isOff ? { x: 0, y: 0 } : { x: x ?? right, y: y ?? 0 };
  if (!isBetween(place.x, -FARTHEST, FARTHEST) || !isBetween(place.y, -FARTHEST, FARTHEST)) {
    throw new RangeError(`A monitor cannot be at ${place.x},${place.y}.`);
  }
  return { id, width, height, ...place };
}

function isBetween(value: unknown, low: number, high: number): boolean {
  return Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
}
