import { parseArgs, type ParseArgsConfig } from 'node:util';
import { BridgeError } from '../errors/bridge-error.ts';
import { environmentName, OPTION_KEYS, optionRow } from '../config/options.ts';

export type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** Flags that are about the command line itself and so are no options of the bridge. */
const COMMANDS = [
  { flag: 'config', placeholder: 'FILE', help: 'JSON with any of these options; keys in brackets' },
  { flag: 'help', short: 'h', placeholder: '', help: 'this text' },
  { flag: 'version', placeholder: '', help: 'the version' },
] as const;

/** @throws {BridgeError} `bad-option` for unknown flags, missing values and stray words */
export function readArguments(args: readonly string[]): Flags {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const key of OPTION_KEYS) {
    const row = optionRow(key);
    if (row.text === 'boolean') {
      options[row.flag] = { type: 'boolean' };
      options[`no-${row.flag}`] = { type: 'boolean' };
    } else options[row.flag] = { type: 'string', multiple: row.list === true };
  }
  for (const command of COMMANDS) {
    const short = 'short' in command ? { short: command.short } : {};
    options[command.flag] = { type: command.placeholder === '' ? 'boolean' : 'string', ...short };
  }
  let values: Flags;
  try {
    values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values as Flags;
  } catch (error) {
    const message = (error as Error).message
      .split('\n')[0]
      ?.replace(/\. .*$/, '')
      .replace(/\.$/, '');
    throw new BridgeError('bad-option', `${message}; see --help.`, { cause: error });
  }
  for (const key of OPTION_KEYS) {
    const { flag, text } = optionRow(key);
    if (text !== 'boolean' || values[`no-${flag}`] !== true) continue;
    const { [`no-${flag}`]: _, ...rest } = values;
    values = { ...rest, [flag]: false };
  }
  return values;
}

/** One line per option. */
export function helpText(): string {
  const rows = OPTION_KEYS.map((key) => {
    const row = optionRow(key);
    const repeat = row.list === true ? ', may repeat' : '';
    const standard =
      row.standard === undefined || row.list === true ? '' : ` (default ${String(row.standard)})`;
    return [
      row.text === 'boolean' ? `--[no-]${row.flag}` : `--${row.flag} ${row.placeholder}`,
      `${row.help}${repeat}${standard} [${key}, ${environmentName(key)}]`,
    ];
  });
  for (const { flag, placeholder, help } of COMMANDS) rows.push([`--${flag} ${placeholder}`.trim(), help]);
  const width = Math.max(...rows.map(([left]) => left?.length ?? 0));
  return [
    'Usage: spice-viewer [OPTIONS]',
    'Serves the SPICE viewer and tunnels its WebSockets to SPICE servers. Without a target it offers a demo desktop.',
    '',
    ...rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'Flags win over the environment, the environment over the file. In the brackets: key in the file, variable.',
    '',
  ].join('\n');
}
