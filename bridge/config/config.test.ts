import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helpText, readArguments } from '../cli/arguments.ts';
import { addressUrl, parseAddress } from '../addresses/listen-address.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import { type ConfigSources, loadConfig } from './load-config.ts';
import { environmentName, OPTION_KEYS, optionRow } from './options.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a configuration file and gives its path. */
function file(content: unknown): string {
  const path = join(folder, 'bridge.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function messageOf(sources: ConfigSources): string {
  try {
    loadConfig(sources);
  } catch (error) {
    if (error instanceof BridgeError) return error.message;
    throw error;
  }
  return 'none';
}

describe('precedence', () => {
  it('without anything gives the standard values', () => {
    expect(loadConfig()).toMatchObject({
      listen: { host: '127.0.0.1', port: 8080 },
      targets: [],
      allowOrigins: [],
      connectTimeout: 10,
      drainTimeout: 5,
      maxMessage: 128 << 10,
      appDir: undefined,
    });
  });

  it('flags win over the environment, the environment over the file', () => {
    const sources = {
      flags: { listen: '[::1]:0' },
      environment: {
        SPICE_VIEWER_LISTEN: '0.0.0.0:1',
        SPICE_VIEWER_CONNECT_TIMEOUT: '3',
        SPICE_VIEWER_DRAIN_TIMEOUT: ' ',
      },
      configFile: file({ listen: '127.0.0.1:2', connectTimeout: 4, drainTimeout: 7 }),
    };
    expect(loadConfig(sources)).toMatchObject({
      listen: { host: '::1', port: 0 },
      connectTimeout: 3,
      drainTimeout: 7,
    });
  });

  it('takes targets from everywhere, whole lists replacing each other', () => {
    const configFile = file({ targets: { a: 'spice://a:1', b: 'b.vv' } });
    expect(loadConfig({ configFile }).targets).toEqual([
      { name: 'a', uri: 'spice://a:1', baseDir: folder },
      { name: 'b', uri: 'b.vv', baseDir: folder },
    ]);
    const environment = { SPICE_VIEWER_TARGETS: 'c=spice://c:1?title=x, d=spice://d:2\n e=e.vv' };
    expect(loadConfig({ configFile, environment }).targets.map(({ name, uri }) => `${name} ${uri}`)).toEqual([
      'c spice://c:1?title=x',
      'd spice://d:2',
      'e e.vv',
    ]);
    const flags = { target: ['f=spice://f:1?host-subject=C=US,CN=x'] };
    expect(loadConfig({ configFile, environment, flags, cwd: '/here' }).targets).toEqual([
      { name: 'f', uri: 'spice://f:1?host-subject=C=US,CN=x', baseDir: '/here' },
    ]);
    expect(loadConfig({ configFile: file({ targets: ['g=spice://g:1'] }) }).targets[0]?.name).toBe('g');
  });

  it('finds files relative to the place that names them', () => {
    const configFile = file({ tlsCert: 'tls/cert.pem', tlsKey: '/tls/key.pem' });
    expect(loadConfig({ configFile, cwd: '/here' })).toMatchObject({
      tlsCert: join(folder, 'tls/cert.pem'),
      tlsKey: '/tls/key.pem',
    });
  });

  it('lets a configuration file name its schema', () => {
    expect(loadConfig({ configFile: file({ $schema: 'x', logLevel: 'warn' }) }).logLevel).toBe('warn');
  });

  it('finds app-dir relative to the place that names it', () => {
    expect(loadConfig({ configFile: file({ appDir: 'dist' }) }).appDir).toBe(join(folder, 'dist'));
    expect(loadConfig({ flags: { 'app-dir': 'dist' }, cwd: '/here' }).appDir).toBe('/here/dist');
  });
});

describe('errors name the option and the reason', () => {
  it.each<[ConfigSources, string]>([
    [
      { flags: { listen: '8080' } },
      '--listen: expected HOST:PORT such as 127.0.0.1:8080 or [::1]:8080, got "8080".',
    ],
    [
      { environment: { SPICE_VIEWER_LISTEN: 'x:99999' } },
      'SPICE_VIEWER_LISTEN: expected HOST:PORT such as 127.0.0.1:8080 or [::1]:8080, got "x:99999".',
    ],
    [{ flags: { 'connect-timeout': 'soon' } }, '--connect-timeout: expected a number from 1 to 600.'],
    [{ flags: { 'connect-timeout': '1.5' } }, '--connect-timeout: expected a whole number from 1 to 600.'],
    [{ flags: { 'max-message': '1' } }, '--max-message: expected at least 4096.'],
    [
      { flags: { 'ping-interval': '60' } },
      '--ping-interval: expected at most 59.', // proxies close idle connections after a minute
    ],
    [{ flags: { 'log-level': 'loud' } }, '--log-level: expected silent, error, warn, info or debug.'],
    [
      { environment: { SPICE_VIEWER_TRUSTED_PROXIES: '10.0.0.0/8 proxy.lab' } },
      'SPICE_VIEWER_TRUSTED_PROXIES: expected an address or a CIDR such as 10.0.0.0/8 or ::1, got "proxy.lab".',
    ],
    [
      { flags: { 'allow-host': ['desk.example:8080'] } },
      '--allow-host: expected a host such as desk.example or *.example, without a port, got "desk.example:8080".',
    ],
    [{ flags: { 'tls-key': '' } }, '--tls-key: expected a file.'],
    [{ flags: { target: ['lab'] } }, '--target: expected NAME=URI, got "lab".'],
    [
      { flags: { target: ['a/b=spice://x:1'] } },
      '--target: "a/b" is no target name: 1 to 64 letters, digits, dots, dashes and underscores.',
    ],
    [
      { flags: { target: ['..=spice://x:1'] } },
      '--target: ".." is no target name: 1 to 64 letters, digits, dots, dashes and underscores.',
    ],
    [{ flags: { target: ['a=x:1', 'a=y:1'] } }, '--target: the name a is given twice.'],
    [
      { flags: { 'allow-origin': ['portal.example'] } },
      '--allow-origin: expected an origin such as https://portal.example or *, got "portal.example".',
    ],
    [
      { flags: { 'allow-origin': ['https://portal.example/path'] } },
      '--allow-origin: expected an origin such as https://portal.example or *, got "https://portal.example/path".',
    ],
  ])('%j', (sources, message) => {
    expect(messageOf(sources)).toBe(message);
  });

  it.each<[unknown, string]>([
    [{ listen: 8080 }, ': listen: expected string, received number.'],
    [{ connectTimeout: '3' }, ': connectTimeout: expected a number from 1 to 600.'],
    [{ targets: 'a=b' }, ': targets: expected {"NAME": "URI"} or ["NAME=URI"].'],
    [{ targets: { a: 1 } }, ': targets: expected {"NAME": "URI"} or ["NAME=URI"].'],
    [{ lisen: 'x' }, ' has the unknown key "lisen"; --help shows the keys in brackets.'],
    [{ allowOrigins: 'https://x' }, ': allowOrigins: expected array, received string.'],
    [[], ' must hold one JSON object.'],
    ['null', ' must hold one JSON object.'],
    [
      '{"__proto__": {"listen": "x"}}',
      ' has the unknown key "__proto__"; --help shows the keys in brackets.',
    ],
  ])('file %j', (content, message) => {
    const configFile = file(content);
    expect(messageOf({ configFile }).replace('The configuration file ', '')).toBe(`${configFile}${message}`);
  });

  it('file that is no JSON or not there', () => {
    expect(messageOf({ configFile: file('{') })).toContain('is not JSON');
    expect(messageOf({ configFile: '/no/such.json' })).toBe(
      'The configuration file /no/such.json does not exist.',
    );
  });
});

describe('arguments', () => {
  it('reads flags, some of them several times', () => {
    expect(readArguments(['--target', 'a=b', '--target=c=d', '--listen', 'x:1', '-h'])).toEqual({
      target: ['a=b', 'c=d'],
      listen: 'x:1',
      help: true,
    });
  });

  it.each([
    [['--nope'], "Unknown option '--nope'; see --help."],
    [['word'], "Unexpected argument 'word'; see --help."],
    [['--listen'], "Option '--listen <value>' argument missing; see --help."],
    [['--help=yes'], "Option '-h, --help' does not take an argument; see --help."],
  ])('%j', (args, message) => {
    expect(() => readArguments(args)).toThrow(new BridgeError('bad-option', message));
  });

  it('--help has one line with every name for each option', () => {
    const lines = helpText().split('\n');
    for (const key of OPTION_KEYS) {
      const line = lines.filter((one) =>
        one.replace('--[no-]', '--').startsWith(`  --${optionRow(key).flag} `),
      );
      expect(line).toHaveLength(1);
      expect(line[0]).toContain(`[${key}, ${environmentName(key)}]`);
    }
  });
});

it('docs/bridge.md has a row for each option, and says which can be reloaded', () => {
  const text = readFileSync(new URL('../../docs/bridge.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `--([\w-]+)[^`]*` +\| `(\w+)`[^|]*\|([^|]*)\|/gm)];
  expect(rows.map(([, flag, key, live]) => `${flag} ${key} ${live?.trim()}`).toSorted()).toEqual(
    OPTION_KEYS.map((key) => `${optionRow(key).flag} ${key} ${optionRow(key).live ? '↻' : ''}`).toSorted(),
  );
});

describe('addresses', () => {
  it.each([
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['localhost:0', 'http://localhost:0/'],
    ['[::1]:8080', 'http://[::1]:8080/'],
    ['[::]:65535', 'http://[::]:65535/'],
  ])('%s', (text, url) => {
    const address = parseAddress(text);
    expect(address && addressUrl(address)).toBe(url);
  });

  it.each(['', ':80', '::1:80', '[::1]', 'a b:80', 'x:65536', 'x:-1', 'x:80x', '[x]:80'])(
    '%j is none',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );
});
