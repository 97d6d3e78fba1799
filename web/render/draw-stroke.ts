import type { DisplayMessage } from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { pathFlag, rop, type Path } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { addBezier, roundFix, type Points } from './bezier.ts';
import { paintBrush } from './brush.ts';
import { dashesOf } from './dash.ts';
import { DashedLine } from './dashed-line.ts';
import { inFormatOf } from './image-convert.ts';
import type { ResolvedImages } from './image-roles.ts';
import { addLine } from './line.ts';
import type { Region } from './region.ts';
import { rop2Of, type Rop2 } from './rop.ts';
import { SpanClip } from './span-clip.ts';
import { StrokeBudget } from './stroke-budget.ts';
import type { Surface } from './surface.ts';

/**
 * DRAW_STROKE (docs/protocol/drawing.md#stroke): one pixel wide lines, each pixel combined with the brush. Segments are
 * painted one after the other, so that crossings are painted twice; dashed polylines where it matters once.
 * @throws ProtocolError ('too-large') for a path that costs too much
 */
export function drawStroke(
  target: Surface,
  region: Region,
  message: DisplayMessage<'drawStroke'>,
  images: ResolvedImages,
): void {
  const { brush, path, attr, foreMode } = message;
  const op = rop2Of(foreMode, rop.inversBrush);
  const tile = images.brush === undefined ? undefined : inFormatOf(target, images.brush);
  const clip = new SpanClip(region);
  const budget = new StrokeBudget();
  const paint = (): void => {
    if (!clip.spans.empty) paintBrush(target, clip.spans, op, brush, tile);
    clip.spans.clear();
  };
  const once = !invertsSomewhere(op);
  const dashes = dashesOf(attr);
  const dashed = dashes === undefined ? undefined : new DashedLine(dashes, clip, budget);
  for (const points of polylines(path, budget)) {
    if (dashed === undefined) {
      for (let i = 0; i + 3 < points.length; i += 2) {
        addLine(clip, budget, points[i], points[i + 1], points[i + 2], points[i + 3]);
        if (!once) paint();
      }
      continue;
    }
    if (once) dashed.draw(points, false);
    else if (points.length < 6) dashed.draw(points, false, paint);
    else {
      dashed.draw(points, true);
      clip.uniteSpans();
      paint();
    }
  }
  paint();
}

/** Whether painting a pixel twice differs from painting it once: the operation inverts for some source bit. */
function invertsSomewhere(op: Rop2): boolean {
  return (op & 3) === 1 || op >> 2 === 1;
}

/** The polylines of a path in whole pixels, curves flattened. */
function* polylines(path: Path, budget: StrokeBudget): Generator<Points> {
  let points: Points = [];
  for (const segment of path.segments) {
    const { flags } = segment;
    const given = segment.points;
    let next = 0;
    if ((flags & pathFlag.begin) !== 0) {
      if (points.length > 0) yield points;
      points = [];
      if (given.length > 0) points.push(roundFix(given[0].x), roundFix(given[0].y));
      next = 1;
    }
    if ((flags & pathFlag.bezier) !== 0) {
      for (; next + 2 < given.length && points.length > 0; next += 3) {
        const [a, b, c] = [given[next], given[next + 1], given[next + 2]];
        const x0 = points[points.length - 2] * 16;
        const y0 = points[points.length - 1] * 16;
        addBezier(points, budget, x0, y0, a.x, a.y, b.x, b.y, c.x, c.y);
      }
    } else {
      for (; next < given.length; next++) points.push(roundFix(given[next].x), roundFix(given[next].y));
    }
    if ((flags & pathFlag.end) !== 0) {
      if ((flags & pathFlag.close) !== 0 && points.length > 0) points.push(points[0], points[1]);
      if (points.length > 0) yield points;
      points = [];
    }
  }
  if (points.length > 0) yield points;
}
