import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVvFile, VV_FILE_LIMIT, VvFileError } from './vv-file.ts';

function codeOf(text: string): string {
  try {
    parseVvFile(text);
  } catch (error) {
    if (error instanceof VvFileError) return error.code;
    throw error;
  }
  return 'none';
}

describe('parseVvFile', () => {
  it('reads what oVirt and virt-manager write', () => {
    const file = parseVvFile(
      [
        '# made by a portal',
        '[virt-viewer]',
        'type=spice',
        'host=10.0.0.7',
        'port=5900',
        'tls-port = 5901',
        'password=a;b#c=d',
        'delete-this-file=1',
        'title=Lab PC: %d - Press SHIFT+F12',
        'ca=-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n',
        'host-subject=C=US,O=Lab\\, Inc,CN=spice.lab',
        'secure-channels=main;inputs;Cursor',
        '',
        '[ovirt]',
        'host=other',
      ].join('\r\n'),
    );
    expect(file).toMatchObject({
      type: 'spice',
      host: '10.0.0.7',
      port: 5900,
      tlsPort: 5901,
      password: 'a;b#c=d',
      deleteThisFile: true,
      title: 'Lab PC: %d - Press SHIFT+F12',
      ca: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      hostSubject: 'C=US,O=Lab\\, Inc,CN=spice.lab',
      secureChannels: ['main', 'inputs', 'cursor'],
      proxy: undefined,
    });
  });

  it('treats 0, -1 and nothing as no port', () => {
    for (const value of ['0', '-1', '']) {
      expect(parseVvFile(`[virt-viewer]\nport=${value}\n`).port).toBeUndefined();
    }
  });

  it('keeps an empty password apart from none', () => {
    expect(parseVvFile('[virt-viewer]\npassword=').password).toBe('');
    expect(parseVvFile('[virt-viewer]').password).toBeUndefined();
  });

  it('takes a byte order mark, and the last of repeated keys', () => {
    expect(parseVvFile('\uFEFF[virt-viewer]\nhost=a\nhost=b').host).toBe('b');
  });

  it.each([
    ['[virt-viewer]\nport=65536', 'vv-bad-value'],
    ['[virt-viewer]\ntls-port=5e3', 'vv-bad-value'],
    ['[virt-viewer]\nhost', 'vv-bad-line'],
    ['[virt-viewer]\n=x', 'vv-bad-line'],
    ['host=x', 'vv-bad-line'],
    ['', 'vv-no-group'],
    ['[ovirt]\nhost=x', 'vv-no-group'],
    [' '.repeat(VV_FILE_LIMIT + 1), 'vv-too-long'],
  ])('refuses %j', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('names the line', () => {
    expect(() => parseVvFile('[virt-viewer]\n\nport=x')).toThrow('line 3: port must be');
  });

  it('does not mistake keys for properties of objects', () => {
    const file = parseVvFile('[virt-viewer]\n__proto__=x\nconstructor=y');
    expect(file.values.get('__proto__')).toBe('x');
    expect(file.host).toBeUndefined();
  });

  it('gives back every value that was escaped as GLib does', () => {
    const escape = (value: string): string =>
      value
        .replaceAll('\\', '\\\\')
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r')
        .replaceAll('\t', '\\t')
        .replaceAll(' ', '\\s');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (value) => {
        // GLib leaves other white space unescaped and so loses it at the start of a value; so do we.
        fc.pre(value.trimStart() === value || /^[ \n\r\t]/.test(value));
        expect(parseVvFile(`[virt-viewer]\npassword=${escape(value)}\n`).password).toBe(value);
      }),
    );
  });

  it('either reads any text or throws a VvFileError', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('[virt-viewer]', 'port=1', '\\', 'ca=\\', '#', '[', ']='),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          parseVvFile(lines.join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(VvFileError);
        }
      }),
    );
  });
});
