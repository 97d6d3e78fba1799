import { rop } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';

/**
 * A raster operation of two operands as its truth table, four bits: bit (S << 1 | D) is the result for source bit S
 * and destination bit D.
 */
export type Rop2 = number;

export const rop2 = { clear: 0b0000, invert: 0b0101, noop: 0b1010, copy: 0b1100, set: 0b1111 } as const;

const S = 0b1100;
const D = 0b1010;

/**
 * The operation of a rop descriptor (docs/protocol/drawing.md#rop). Without any operation bit it is a plain copy,
 * inverting nothing.
 * @param inversSource which descriptor bit inverts the source: INVERS_SRC of images, INVERS_BRUSH of brushes
 * @param inversDestination which one inverts the destination
 */
export function rop2Of(
  descriptor: number,
  inversSource: number,
  inversDestination: number = rop.inversDest,
): Rop2 {
  const s = (descriptor & inversSource) === 0 ? S : S ^ 15;
  const d = (descriptor & inversDestination) === 0 ? D : D ^ 15;
  const result = (descriptor & rop.inversRes) === 0 ? 0 : 15;
  if ((descriptor & rop.opPut) !== 0) return s ^ result;
  if ((descriptor & rop.opOr) !== 0) return (s | d) ^ result;
  if ((descriptor & rop.opAnd) !== 0) return (s & d) ^ result;
  if ((descriptor & rop.opXor) !== 0) return s ^ d ^ result;
  if ((descriptor & rop.opBlackness) !== 0) return rop2.clear;
  if ((descriptor & rop.opWhiteness) !== 0) return rop2.set;
  if ((descriptor & rop.opInvers) !== 0) return rop2.invert;
  return S;
}

/**
 * The operation with a constant source word: d becomes (d & and) ^ xor.
 * Both are int32 words cut to `bits`.
 */
export function solidRop(op: Rop2, source: number, bits: number): { and: number; xor: number } {
  // Where the source bit is 0 the two low table entries rule, where it is 1 the two high ones.
  const zero = ~source;
  const xor = (all(op, 0) & zero) | (all(op, 2) & source);
  const and = ((all(op, 0) ^ all(op, 1)) & zero) | ((all(op, 2) ^ all(op, 3)) & source);
  return { and: and & bits, xor: xor & bits };
}

/**
 * The operation as a polynomial over exclusive or: k0 ^ (kS & s) ^ (kD & d) ^ (kSD & s & d),
 * each coefficient 0 or -1.
 */
export function rop2Polynomial(op: Rop2): { k0: number; kS: number; kD: number; kSD: number } {
  return {
    k0: all(op, 0),
    kD: all(op, 0) ^ all(op, 1),
    kS: all(op, 0) ^ all(op, 2),
    kSD: all(op, 0) ^ all(op, 1) ^ all(op, 2) ^ all(op, 3),
  };
}

/** Table entry `index` in every bit of a word. */
function all(op: number, index: number): number {
  return -((op >> index) & 1);
}
