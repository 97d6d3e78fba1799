/**
 * `npm test`: every suite, one after the other, each to its end whatever the others did. Before the end come the tests
 * that took longest and those that needed a retry: they passed, and are faults to mend. The last line is
 * `N passed, M failed`, with `, K skipped` when something was skipped.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isCi, missingPrograms, type Need } from '../tests/servers/programs.ts';
import {
  playwrightResults,
  vitestResults,
  type PlaywrightReport,
  type SuiteResults,
  type TestTime,
  type VitestReport,
} from './test-reports.ts';

interface Suite {
  name: string;
  command: readonly string[];
  /** Programs without which no test of the suite can run. */
  needs?: readonly Need[];
  /** Reads the report that the suite wrote; without it the suite counts as one test. */
  read?: (report: unknown) => SuiteResults;
}

const root = join(import.meta.dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'spice-viewer-tests-'));
function report(name: string) {
  return join(reports, `${name}.json`);
}

function readVitest(json: unknown): SuiteResults {
  return vitestResults(json as VitestReport, root);
}

function readPlaywright(json: unknown): SuiteResults {
  return playwrightResults(json as PlaywrightReport);
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
  { name: 'size', command: ['npm', 'run', '--silent', 'size'] },
  { name: 'unit', command: vitest('unit'), read: readVitest },
  { name: 'browser', command: vitest('browser'), read: readVitest, needs: ['chromium'] },
  {
    name: 'e2e',
    command: ['playwright', 'test', '-c', 'tests/playwright.config.ts', '--reporter=list,json'],
    read: readPlaywright,
    needs: ['chromium'],
  },
  {
    name: 'vm',
    command: ['playwright', 'test', '-c', 'tests/vm/playwright.config.ts', '--reporter=list,json'],
    read: readPlaywright,
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

const none: SuiteResults = { passed: 0, failed: 0, skipped: 0, retried: [], times: [] };

async function runSuite({ name, command, needs = [], read }: Suite): Promise<SuiteResults> {
  const missing = missingPrograms(...needs);
  if (missing.length > 0) {
    console.log(`${name}: ${isCi ? 'failed' : 'skipped'}, it needs ${missing.join(', ')}`);
    return { ...none, failed: isCi ? 1 : 0, skipped: isCi ? 0 : 1 };
  }
  const ok = (await run(command, name)) === 0;
  if (!read) return { ...none, passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  if (!existsSync(report(name))) return { ...none, failed: 1 };
  const results = read(JSON.parse(readFileSync(report(name), 'utf8')));
  // For instance an error outside all tests: the suite failed even if no test says so.
  return !ok && results.failed === 0 ? { ...results, failed: 1 } : results;
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

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function summary({ passed, failed, skipped }: Counts) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function minutes(milliseconds: number) {
  return `${(milliseconds / 60_000).toFixed(1)} min`;
}

/** How many of the slowest tests are listed. */
const SLOWEST = 10;

announceMissing();
const begin = performance.now();
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
const times: (TestTime & { suite: string })[] = [];
const retried: string[] = [];
for (const suite of suites) {
  console.log(`\n=== ${suite.name} ===`);
  const start = performance.now();
  const results = await runSuite(suite);
  total.passed += results.passed;
  total.failed += results.failed;
  total.skipped += results.skipped;
  times.push(...results.times.map((time) => ({ ...time, suite: suite.name })));
  retried.push(...results.retried.map((title) => `${suite.name}: ${title}`));
  lines.push(`${suite.name}: ${summary(results)}, ${minutes(performance.now() - start)}`);
  console.log(lines.at(-1));
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n${lines.join('\n')}\nall: ${minutes(performance.now() - begin)}`);
console.log('\nslowest:');
for (const { suite, title, milliseconds } of times
  .toSorted((a, b) => b.milliseconds - a.milliseconds)
  .slice(0, SLOWEST)) {
  console.log(`${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${suite}: ${title}`);
}
if (retried.length > 0) {
  console.log(`\n${retried.length} to mend, passed at the second try only:`);
  for (const title of retried) console.log(`needed a retry: ${title}`);
}
console.log(`\n${summary(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
