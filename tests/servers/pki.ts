/** A throw-away certificate authority and server certificate, made with openssl. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileAsync } from './process.ts';

export interface Pki {
  caCert: string;
  serverCert: string;
  serverKey: string;
  /** As SPICE's host-subject wants it. */
  subject: string;
}

/** Writes ca-cert.pem, server-cert.pem and server-key.pem into `directory` (QEMU's x509-dir names). */
export async function createPki(directory: string): Promise<Pki> {
  const at = (name: string) => join(directory, name);
  const openssl = (args: string, subject: string) =>
    execFileAsync('openssl', [...args.split(' '), ...(subject === '' ? [] : ['-subj', subject])], {
      cwd: directory,
    });
  const newKey = '-newkey rsa:2048 -nodes';
  writeFileSync(at('san.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl(`req -x509 ${newKey} -days 30 -keyout ca-key.pem -out ca-cert.pem`, '/O=Lab/CN=Lab CA');
  await openssl(`req ${newKey} -keyout server-key.pem -out server.csr`, '/C=US/O=Lab/CN=spice.lab');
  const ca = '-CA ca-cert.pem -CAkey ca-key.pem -CAcreateserial';
  await openssl(`x509 -req -in server.csr ${ca} -days 30 -extfile san.ext -out server-cert.pem`, '');
  return {
    caCert: at('ca-cert.pem'),
    serverCert: at('server-cert.pem'),
    serverKey: at('server-key.pem'),
    subject: 'C=US,O=Lab,CN=spice.lab',
  };
}
