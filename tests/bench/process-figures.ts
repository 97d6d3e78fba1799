import { readFileSync } from 'node:fs';

/** The process and its descendants. */
function family(pid: number): number[] {
  let children: string;
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return [];
  }
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(family)];
}

/** Processor seconds, user and system, of a process, its descendants and its children that have ended. */
export function processorSeconds(pid: number): number {
  const TICKS_PER_SECOND = 100;
  let ticks = 0;
  for (const one of family(pid)) {
    const stat = read(`/proc/${one}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    for (const field of [11, 12, 13, 14]) ticks += Number(fields[field] ?? 0);
  }
  return ticks / TICKS_PER_SECOND;
}

/** Bytes of memory of a process and its descendants; pages that several of them share count once (PSS). */
export function memory(pid: number): number {
  return (
    1024 *
    sum(family(pid), (one) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${one}/smaps_rollup`))?.[1] ?? 0))
  );
}

/** Bytes of memory (RSS) of the largest of a process and its descendants. */
export function largestMemory(pid: number): number {
  return (
    1024 *
    Math.max(
      ...family(pid).map((one) => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${one}/status`))?.[1] ?? 0)),
    )
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function sum(list: readonly number[], value: (one: number) => number): number {
  return list.reduce((total, one) => total + value(one), 0);
}
