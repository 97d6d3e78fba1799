/**
 * Reader of .vv files: the connection files of virt-viewer, in GLib's key file format.
 *
 * Written by hand because INI packages cut values at `;` and `#`, which passwords and certificates may contain.
 */

/** The longest text that is read, in UTF-16 units. Real files are a few KiB, mostly the CA certificate. */
export const VV_FILE_LIMIT = 1 << 20;

export type VvFileErrorCode = 'vv-too-long' | 'vv-no-group' | 'vv-bad-line' | 'vv-bad-value';

/** A .vv file that cannot be used. `line` counts from 1; 0 means the file as a whole. */
export class VvFileError extends Error {
  override readonly name = 'VvFileError';
  readonly code: VvFileErrorCode;
  readonly line: number;
  constructor(code: VvFileErrorCode, message: string, line = 0) {
    super(line === 0 ? message : `line ${line}: ${message}`);
    this.code = code;
    this.line = line;
  }
}

/** The group `[virt-viewer]`. Absent keys are undefined; port numbers are 1 to 65535, as 0 and -1 mean "none". */
export interface VvFile {
  /** `spice` or `vnc`, in lower case. */
  readonly type: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly tlsPort: number | undefined;
  readonly password: string | undefined;
  readonly title: string | undefined;
  /** PEM, with real line breaks. */
  readonly ca: string | undefined;
  readonly hostSubject: string | undefined;
  /** Channel names such as `main`, or `all`. */
  readonly secureChannels: readonly string[];
  readonly proxy: string | undefined;
  readonly deleteThisFile: boolean;
  /** Every key of the group, unescaped. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads the text of a .vv file.
 *
 * Only the group `[virt-viewer]` counts; of a repeated key the last one does, as in GLib.
 * @throws {VvFileError} when the group is missing, a line is neither group, comment nor `key=value`, or a port is not a number
 */
export function parseVvFile(text: string): VvFile {
  if (text.length > VV_FILE_LIMIT) {
    throw new VvFileError('vv-too-long', `longer than ${VV_FILE_LIMIT} characters`);
  }
  const values = new Map<string, string>();
  const lineOf = new Map<string, number>();
  let group: string | undefined;
  let found = false;
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const [index, raw] of lines.entries()) {
    const number = index + 1;
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[([^[\]]+)\]\s*$/.exec(line);
    if (header !== null) {
      group = header[1];
      found ||= group === 'virt-viewer';
      continue;
    }
    const equals = line.indexOf('=');
    const key = line.slice(0, Math.max(equals, 0)).trimEnd();
    if (key === '' || group === undefined) {
      throw new VvFileError('vv-bad-line', 'expected [virt-viewer], # comment or key=value', number);
    }
    if (group !== 'virt-viewer') continue;
    values.set(key, unescape(line.slice(equals + 1).trimStart()));
    lineOf.set(key, number);
  }
  if (!found) throw new VvFileError('vv-no-group', 'the group [virt-viewer] is missing');

  const port = (key: string): number | undefined => {
    const value = values.get(key)?.trim();
    if (value === undefined || value === '' || value === '0' || value === '-1') return undefined;
    const parsed = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (parsed >= 1 && parsed <= 65535) return parsed;
    throw new VvFileError('vv-bad-value', `${key} must be a number from 1 to 65535`, lineOf.get(key));
  };
  const textOf = (key: string): string | undefined => values.get(key) || undefined;

  return {
    type: textOf('type')?.trim().toLowerCase(),
    host: textOf('host')?.trim(),
    port: port('port'),
    tlsPort: port('tls-port'),
    password: values.get('password'),
    title: textOf('title'),
    ca: textOf('ca'),
    hostSubject: textOf('host-subject'),
    secureChannels: (values.get('secure-channels') ?? '')
      .split(/[;,]/)
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ''),
    proxy: textOf('proxy')?.trim(),
    deleteThisFile: ['1', 'true'].includes(values.get('delete-this-file')?.trim() ?? ''),
    values,
  };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ', '\\': '\\' };

/** GLib's escapes. An unknown one, such as the `\,` of a host subject, stays as it is. */
function unescape(value: string): string {
  return value.replace(/\\(.)/g, (all, letter: string) => ESCAPES[letter] ?? all);
}
