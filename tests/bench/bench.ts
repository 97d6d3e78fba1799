/** One figure of ours beside the same figure of a named reference, both measured in this run. */
export interface BenchRow {
  readonly bench: string;
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly reference: number;
  readonly referenceName: string;
  /** Whether more is better. */
  readonly better: 'higher' | 'lower';
}

export interface BenchOptions {
  /** another build's dist, to be measured beside this one where the benchmark can */
  readonly dist?: string | undefined;
}

export interface Bench {
  readonly name: string;
  run(log: (line: string) => void, options: BenchOptions): Promise<readonly BenchRow[]>;
}

/** Ours to the reference's; above 1 is better for us, whichever way the metric points. */
export function ratio(row: BenchRow): number {
  if (row.ours === row.reference) return 1; // both may be 0
  return row.better === 'higher' ? row.ours / row.reference : row.reference / row.ours;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** @param part 0 to 1 */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  return below + ((sorted[Math.ceil(at)] ?? below) - below) * (at % 1);
}

export function table(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [
    row.bench,
    row.metric,
    `${figure(row.ours)} ${row.unit}`,
    `${figure(row.reference)} ${row.unit}`,
    row.referenceName,
    `${ratio(row).toFixed(2)}x`,
  ]);
  cells.unshift(['bench', 'metric', 'ours', 'reference', 'of', 'better by']);
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? [];
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
