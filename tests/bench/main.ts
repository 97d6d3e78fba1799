import type { Bench, BenchRow } from './bench.ts';
import { ratio, table } from './bench.ts';
import { bridgeBench } from './bridge.ts';
import { connectionsBench } from './connections.ts';
import { decodeBench } from './decode.ts';
import { desktopBench } from './desktop.ts';
import { filesBench } from './files.ts';
import { lipSyncBench } from './lip-sync.ts';
import { memoryBench } from './memory.ts';
import { typingBench } from './typing.ts';
import { videoBench } from './video/video-bench.ts';

/** Every benchmark. `npm run bench -- NAME` runs those whose name begins with NAME. */
const BENCHES: readonly Bench[] = [
  bridgeBench,
  connectionsBench,
  decodeBench,
  desktopBench,
  filesBench,
  lipSyncBench,
  memoryBench,
  typingBench,
  videoBench,
];

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => arg !== '--json');
const unknown = [
  ...args.filter((arg) => arg.startsWith('-') && arg !== '--json'),
  ...wanted.filter((name) => !BENCHES.some((bench) => bench.name.startsWith(name))),
];

if (unknown.length > 0) {
  console.error(
    `No such benchmark: ${unknown.join(', ')}. There are ${BENCHES.map(({ name }) => name).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  const rows: BenchRow[] = [];
  for (const bench of BENCHES) {
    if (wanted.length > 0 && !wanted.some((name) => bench.name.startsWith(name))) continue;
    rows.push(...(await bench.run((line) => console.error(line))));
  }
  console.log(
    json
      ? JSON.stringify(
          rows.map((row) => ({ ...row, ratio: ratio(row) })),
          null,
          2,
        )
      : `\n${table(rows)}`,
  );
}
