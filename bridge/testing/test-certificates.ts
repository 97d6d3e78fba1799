/** Certificates for tests, made by openssl: a CA, and what it signs. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificates {
  readonly caFile: string;
  readonly ca: string;
  /** Signs a certificate for 127.0.0.1 (unless told) with this subject, as `/C=US/O=Lab/CN=spice.lab`. */
  issue(subject: string, options?: { names?: string; expired?: boolean }): { key: string; cert: string };
  remove(): void;
}

export function makeCertificates(): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), 'spice-viewer-pki-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...KEY,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  let serial = 0;
  return {
    caFile: join(folder, 'ca.pem'),
    ca: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    issue(subject, { names = 'IP:127.0.0.1', expired = false } = {}) {
      const id = `server${++serial}`;
      writeFileSync(join(folder, `${id}.ext`), `subjectAltName=${names}\n`);
      openssl('req', ...KEY, '-keyout', `${id}.key`, '-out', `${id}.csr`, '-subj', subject);
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${id}.ext`];
      // openssl has no "until yesterday" here; a lifetime of minus one day is one.
      const days = expired ? '-1' : '2';
      openssl('x509', '-req', '-in', `${id}.csr`, ...signing, '-days', days, '-out', `${id}.pem`);
      return {
        key: readFileSync(join(folder, `${id}.key`), 'utf8'),
        cert: readFileSync(join(folder, `${id}.pem`), 'utf8'),
      };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
