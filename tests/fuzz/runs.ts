/** How often properties run: a little in unit tests, FUZZ times as much with `FUZZ=100 npm run test:unit`. */
export interface FuzzRuns {
  readonly numRuns: number;
  /** milliseconds; what ran until then counts */
  readonly interruptAfterTimeLimit: number;
}

const factor = Math.max(1, Number(process.env.FUZZ ?? 1) || 1);

export function fuzzRuns(usual: number): FuzzRuns {
  return {
    numRuns: usual * factor,
    interruptAfterTimeLimit: 10_000,
  };
}
