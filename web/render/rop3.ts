/**
 * A ternary raster operation (all 256 codes) as a polynomial over exclusive or: for pattern p, source s and
 * destination d, each bit of the result is
 * k0 ^ (kP & p) ^ (kS & s) ^ (kD & d) ^ (kPS & p & s) ^ (kPD & p & d) ^ (kSD & s & d) ^ (kPSD & p & s & d),
 * with coefficients 0 or -1. The code's bit (P << 2 | S << 1 | D) is the result for those operand bits.
 */
export interface Rop3Polynomial {
  readonly k0: number;
  readonly kP: number;
  readonly kS: number;
  readonly kD: number;
  readonly kPS: number;
  readonly kPD: number;
  readonly kSD: number;
  readonly kPSD: number;
}

export function rop3Polynomial(code: number): Rop3Polynomial {
  // The Moebius transform of the truth table: the coefficient of a set of operands is the parity of the
  // entries in which only those are 1.
  const k: number[] = [];
  for (let set = 0; set < 8; set++) {
    let parity = 0;
    for (let entry = 0; entry < 8; entry++) {
      if ((entry & ~set) === 0) parity ^= (code >> entry) & 1;
    }
    k.push(-parity);
  }
  return { k0: k[0], kD: k[1], kS: k[2], kSD: k[3], kP: k[4], kPD: k[5], kPS: k[6], kPSD: k[7] };
}
