/** What the JSON reports of Vitest and Playwright say about a suite. */
import { relative } from 'node:path';

export interface TestTime {
  title: string;
  milliseconds: number;
}

export interface SuiteResults {
  passed: number;
  failed: number;
  skipped: number;
  /** Titles of tests that failed at first and passed when they were tried again; they are in `passed`. */
  retried: readonly string[];
  times: readonly TestTime[];
}

interface VitestTest {
  status: string;
  fullName: string;
  duration?: number | null | undefined;
}

export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: VitestTest[] }[];
}

/** @param root the folder from which files are named */
export function vitestResults(report: VitestReport, root: string): SuiteResults {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = report;
  // A file that cannot be loaded fails without a failed test in it.
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((result) => result.status !== 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
    retried: [],
    times: testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, duration }) => ({
        title: `${relative(root, name)} › ${fullName}`,
        milliseconds: duration ?? 0,
      })),
    ),
  };
}

interface PlaywrightSuite {
  title: string;
  suites?: PlaywrightSuite[];
  specs: {
    title: string;
    tests: {
      status: 'expected' | 'unexpected' | 'flaky' | 'skipped';
      results: { duration: number }[];
    }[];
  }[];
}

export interface PlaywrightReport {
  suites: PlaywrightSuite[];
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
}

interface PlaywrightTest {
  title: string;
  status: string;
  milliseconds: number;
}

/** Every test with the titles of the suites that it is in; the outermost is its file. */
function testsOf({ title, suites = [], specs }: PlaywrightSuite, outer = ''): PlaywrightTest[] {
  const path = `${outer}${title} › `;
  const own = specs.flatMap((spec) =>
    spec.tests.map(({ status, results }) => ({
      title: path + spec.title,
      status,
      milliseconds: results.reduce((sum, { duration }) => sum + duration, 0),
    })),
  );
  return [...own, ...suites.flatMap((inner) => testsOf(inner, path))];
}

export function playwrightResults({ suites, stats, errors }: PlaywrightReport): SuiteResults {
  const tests = suites.flatMap((suite) => testsOf(suite));
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
    retried: tests.filter(({ status }) => status === 'flaky').map(({ title }) => title),
    times: tests.map(({ title, milliseconds }) => ({ title, milliseconds })),
  };
}
