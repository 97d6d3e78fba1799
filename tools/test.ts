/**
 * `npm test`: every suite, one after the other, each to its end whatever the others did. The last line is
 * `N passed, M failed`, with `, K skipped` when something was skipped.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isCi, missingPrograms, type Need } from '../tests/servers/programs.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Suite {
  name: string;
  command: readonly string[];
  /** Programs without which no test of the suite can run. */
  needs?: readonly Need[];
  /** Reads the report that the suite wrote; without it the suite counts as one test. */
  count?: (report: unknown) => Counts;
}

const root = join(import.meta.dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'spice-viewer-tests-'));
function report(name: string) {
  return join(reports, `${name}.json`);
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

function countVitest(json: unknown): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = json as VitestReport;
  // A file that cannot be loaded fails without a failed test in it.
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((result) => result.status !== 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
  };
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
}

function countPlaywright(json: unknown): Counts {
  const { stats, errors } = json as PlaywrightReport;
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}

function vitest(project: string) {
  return [
    'vitest',
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report(project)}`,
  ];
}

const suites: Suite[] = [
  { name: 'types', command: ['tsc', '-b'] },
  { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'build', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'unit', command: vitest('unit'), count: countVitest },
  { name: 'browser', command: vitest('browser'), count: countVitest, needs: ['chromium'] },
  {
    name: 'e2e',
    command: ['playwright', 'test', '-c', 'tests/playwright.config.ts', '--reporter=list,json'],
    count: countPlaywright,
    needs: ['chromium'],
  },
  {
    name: 'vm',
    command: ['playwright', 'test', '-c', 'tests/vm/playwright.config.ts', '--reporter=list,json'],
    count: countPlaywright,
    needs: ['chromium'],
  },
];

function run(command: readonly string[], name: string): Promise<number> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report(name),
    },
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.log(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function runSuite({ name, command, needs = [], count }: Suite): Promise<Counts> {
  const missing = missingPrograms(...needs);
  if (missing.length > 0) {
    console.log(`${name}: ${isCi ? 'failed' : 'skipped'}, it needs ${missing.join(', ')}`);
    return { passed: 0, failed: isCi ? 1 : 0, skipped: isCi ? 0 : 1 };
  }
  const ok = (await run(command, name)) === 0;
  if (!count) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (!existsSync(report(name))) return { passed: 0, failed: 1, skipped: 0 };
  const counts = count(JSON.parse(readFileSync(report(name), 'utf8')));
  // For instance an error outside all tests: the suite failed even if no test says so.
  if (!ok && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** Says once which programs the real-server tests will miss; the tests themselves then skip or fail. */
function announceMissing(): void {
  const missing = missingPrograms(
    'chromium',
    'firefox',
    'webkit',
    'xspice',
    'qemu',
    'openssl',
    'vm',
    'vmImage',
  );
  if (missing.length === 0) return;
  const what = isCi ? 'their tests fail' : 'their tests are skipped';
  console.log(`Not on this machine, so ${what}: ${[...new Set(missing)].join(', ')}`);
}

announceMissing();
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
function summary({ passed, failed, skipped }: Counts) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
for (const suite of suites) {
  console.log(`\n=== ${suite.name} ===`);
  const counts = await runSuite(suite);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  lines.push(`${suite.name}: ${summary(counts)}`);
  console.log(lines.at(-1));
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\n`);
console.log(summary(total));
process.exitCode = total.failed === 0 ? 0 : 1;
