import type { PlacedMonitor } from '../common/monitor-requests.ts';

interface WireMonitor {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly x: number;
  readonly y: number;
}

const off: WireMonitor = { width: 0, height: 0, depth: 0, x: 0, y: 0 };

/**
 * The monitors of an agent's MONITORS_CONFIG (docs/protocol/agent.md#monitor-requests), where a monitor's place in the
 * list is its id.
 * @param sparse the agent knows monitors of 0 by 0, which are off; to others only those that are on are told
 */
export function wireMonitors(monitors: readonly PlacedMonitor[], sparse: boolean): WireMonitor[] {
  const enabled = monitors.filter(({ width, height }) => width > 0 && height > 0);
  const wire = ({ width, height, x, y }: PlacedMonitor): WireMonitor => ({ width, height, depth: 32, x, y });
  if (!sparse) return enabled.map(wire);
  const last = Math.max(-1, ...enabled.map(({ id }) => id));
  return Array.from({ length: last + 1 }, (_, id) => {
    const monitor = enabled.find((one) => one.id === id);
    return monitor === undefined ? off : wire(monitor);
  });
}
