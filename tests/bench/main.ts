import { parseArgs } from 'node:util';
import type { Bench, BenchRow } from './bench.ts';
import { ratio, table } from './bench.ts';
import { bridgeBench } from './bridge.ts';
import { connectionsBench } from './connections.ts';
import { decodeBench } from './decode.ts';
import { desktopBench } from './desktop.ts';
import { filesBench } from './files.ts';
import { firstBench } from './first.ts';
import { lipSyncBench } from './lip-sync.ts';
import { memoryBench } from './memory.ts';
import { typingBench } from './typing.ts';
import { videoBench } from './video/video-bench.ts';

/**
 * Every benchmark. `npm run bench -- NAME` runs those whose name begins with NAME; `--dist DIR` measures another build
 * beside this one in those that can.
 */
const BENCHES: readonly Bench[] = [
  bridgeBench,
  connectionsBench,
  decodeBench,
  desktopBench,
  filesBench,
  firstBench,
  lipSyncBench,
  memoryBench,
  typingBench,
  videoBench,
];

const {
  positionals: wanted,
  values: { json, dist },
} = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, dist: { type: 'string' } } });
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name.startsWith(name)));

if (unknown.length > 0) {
  console.error(
    `No such benchmark: ${unknown.join(', ')}. There are ${BENCHES.map(({ name }) => name).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  const rows: BenchRow[] = [];
  for (const bench of BENCHES) {
    if (wanted.length > 0 && !wanted.some((name) => bench.name.startsWith(name))) continue;
    rows.push(...(await bench.run((line) => console.error(line), { dist })));
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
