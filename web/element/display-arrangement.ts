import type { DisplayHead } from '../api/public-types.ts';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Where displays stand beside each other in one view, guest pixels from the view's corner: as on the guest's
 * desktop, or in a row where they would cover each other. Displays of several devices do: each has its own 0,0.
 */
export function arranged<T extends Area>(displays: readonly T[]): (T & { left: number; top: number })[] {
  if (overlap(displays)) {
    let right = 0;
    return displays.map((display) => {
      const left = right;
      right += display.width;
      return { ...display, left, top: 0 };
    });
  }
  const x = Math.min(...displays.map((display) => display.x));
  const y = Math.min(...displays.map((display) => display.y));
  return displays.map((display) => ({ ...display, left: display.x - x, top: display.y - y }));
}

/** The size of what `arranged` gave. */
export function extent(placed: readonly { left: number; top: number; width: number; height: number }[]): {
  width: number;
  height: number;
} {
  return {
    width: Math.max(0, ...placed.map(({ left, width }) => left + width)),
    height: Math.max(0, ...placed.map(({ top, height }) => top + height)),
  };
}

/**
 * The guest's desktop when some of its displays change their size: who was right of or below another
 * still is, without gaps between them.
 */
export function rearranged(
  displays: readonly DisplayHead[],
  sizes: ReadonlyMap<number, { width: number; height: number }>,
): DisplayHead[] {
  const before = arranged(displays);
  const after = new Map<number, DisplayHead>();
  for (const display of before.toSorted((a, b) => a.left - b.left || a.top - b.top)) {
    const { id, left, top, width, height } = display;
    const beside = before.filter(
      (one) => one.left + one.width <= left && meet(one.top, one.height, top, height),
    );
    const x = Math.max(0, ...beside.map((one) => rightOf(after.get(one.id))));
    after.set(id, { id, width, height, ...sizes.get(id), x, y: top });
  }
  for (const display of before.toSorted((a, b) => a.top - b.top || a.left - b.left)) {
    const { id, left, top, width } = display;
    const above = before.filter(
      (one) => one.top + one.height <= top && meet(one.left, one.width, left, width),
    );
    const y = Math.max(0, ...above.map((one) => bottomOf(after.get(one.id))));
    const moved = after.get(id);
    if (moved !== undefined) after.set(id, { ...moved, y });
  }
  const result = displays.flatMap(({ id }) => after.get(id) ?? []);
  return overlap(result) ? inRow(result) : result;
}

function inRow(displays: readonly DisplayHead[]): DisplayHead[] {
  let right = 0;
  return displays.map((display) => {
    const x = right;
    right += display.width;
    return { ...display, x, y: 0 };
  });
}

function rightOf(area: Area | undefined): number {
  return area === undefined ? 0 : area.x + area.width;
}
function bottomOf(area: Area | undefined): number {
  return area === undefined ? 0 : area.y + area.height;
}

function meet(a: number, aLength: number, b: number, bLength: number): boolean {
  return a < b + bLength && b < a + aLength;
}

function overlap(areas: readonly Area[]): boolean {
  return areas.some((a, index) =>
    areas
      .slice(index + 1)
      .some((b) => meet(a.x, a.width, b.x, b.width) && meet(a.y, a.height, b.y, b.height)),
  );
}
