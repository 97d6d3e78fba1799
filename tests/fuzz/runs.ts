/** How often properties run: a little in unit tests, FUZZ times as much with `FUZZ=100 npm run test:unit`. */
export interface FuzzRuns {
  readonly numRuns: number;
}

const factor = Math.max(1, Number(process.env.FUZZ ?? 1) || 1);

/** All of them run: how long that takes is the limit of the test's time to watch, not a reason to pass earlier. */
export function fuzzRuns(usual: number): FuzzRuns {
  return { numRuns: usual * factor };
}
