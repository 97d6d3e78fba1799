import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { BridgeError, type BridgeErrorCode } from '../errors/bridge-error.ts';
import {
  type BridgeConfig,
  environmentName,
  OPTION_KEYS,
  type OptionKey,
  optionRow,
  type TargetSpec,
} from './options.ts';

export interface ConfigSources {
  /** What `parseArgs` found, by flag. */
  readonly flags?: Readonly<Record<string, string | readonly string[] | boolean | undefined>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly configFile?: string | undefined;
  readonly cwd?: string;
}

interface Given {
  readonly value: unknown;
  /** How messages name the place: `--listen`, `SPICE_VIEWER_LISTEN`, `bridge.json: listen`. */
  readonly where: string;
  readonly baseDir: string;
  readonly code: BridgeErrorCode;
}

/**
 * Every option's value: flag, else environment, else configuration file, else the standard.
 * @throws {BridgeError} `bad-option` or `bad-config-file`, naming the option and the reason
 */
export function loadConfig(sources: ConfigSources = {}): BridgeConfig {
  const cwd = sources.cwd ?? process.cwd();
  const file = sources.configFile === undefined ? undefined : resolve(cwd, sources.configFile);
  const fileValues = file === undefined ? {} : readConfigFile(file);
  const config: Record<string, unknown> = {};

  for (const key of OPTION_KEYS) {
    const { flag, standard } = optionRow(key);
    const fromFlag = sources.flags?.[flag];
    const fromEnvironment = sources.environment?.[environmentName(key)];
    let given: Given = { value: standard, where: key, baseDir: cwd, code: 'bad-option' };
    if (fromFlag !== undefined) {
      given = { value: fromText(key, fromFlag), where: `--${flag}`, baseDir: cwd, code: 'bad-option' };
    } else if (fromEnvironment !== undefined && fromEnvironment.trim() !== '') {
      const value = fromText(key, fromEnvironment.trim());
      given = { value, where: environmentName(key), baseDir: cwd, code: 'bad-option' };
    } else if (file !== undefined && Object.hasOwn(fileValues, key)) {
      const where = `${sources.configFile}: ${key}`;
      given = { value: fileValues[key], where, baseDir: dirname(file), code: 'bad-config-file' };
    }
    config[key] = given.value === undefined ? undefined : finish(key, given);
  }
  return config as BridgeConfig;
}

function finish(key: OptionKey, given: Given): unknown {
  const value = check(key, given);
  if (optionRow(key).path === true) return resolve(given.baseDir, value as string);
  if (key !== 'targets') return value;
  return (value as Omit<TargetSpec, 'baseDir'>[]).map((target) => ({ ...target, baseDir: given.baseDir }));
}

function check(key: OptionKey, given: Given): unknown {
  const result = optionRow(key).schema.safeParse(given.value);
  if (result.success) return result.data;
  throw new BridgeError(given.code, `${given.where}: ${reasonOf(result.error)}.`, { cause: result.error });
}

/** The first problem, with its place inside the value. */
function reasonOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'not accepted';
  const place = issue.path.length > 1 || typeof issue.path[0] === 'string' ? `${issue.path.join('.')}: ` : '';
  return `${place}${issue.message.replace(/\.$/, '').replace(/^Invalid input: /, '')}`;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

function fromText(key: OptionKey, text: string | readonly string[] | boolean): unknown {
  const row = optionRow(key);
  if (row.list === true && typeof text === 'string')
    return text.split(/[\s,]+/).filter((part) => part !== '');
  if (row.text === 'number') return text === '' ? text : Number(text);
  if (row.text === 'boolean' && typeof text === 'string') return BOOLEANS[text.toLowerCase()] ?? text;
  return text;
}

function readConfigFile(path: string): Readonly<Record<string, unknown>> {
  const bad = (reason: string, cause?: unknown): BridgeError =>
    new BridgeError('bad-config-file', `The configuration file ${path} ${reason}.`, { cause });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw bad(missing ? 'does not exist' : 'cannot be read', error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw bad(`is not JSON: ${(error as Error).message}`, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad('must hold one JSON object');
  const unknown = Object.keys(value).find(
    (key) => key !== '$schema' && !(OPTION_KEYS as string[]).includes(key),
  );
  if (unknown !== undefined) {
    throw bad(`has the unknown key ${JSON.stringify(unknown)}; --help shows the keys in brackets`);
  }
  return value as Record<string, unknown>;
}
