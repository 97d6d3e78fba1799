import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';

/** What one DRAW_STROKE may cost: pixels stepped over, dashes and curve points together. */
export const MAX_STROKE_STEPS = 1 << 26;

/** Counts the work of one stroke, so that a hostile path ends in an error and not in a hanging tab. */
export class StrokeBudget {
  #left = MAX_STROKE_STEPS;

  /** @throws ProtocolError ('too-large') when the stroke has cost too much */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new ProtocolError('too-large', `a path of at most ${MAX_STROKE_STEPS} steps`, 'more');
    }
  }
}
