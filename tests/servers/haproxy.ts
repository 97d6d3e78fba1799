/** Debian's HAProxy with the configuration that we ship. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './bridge.ts';
import { createPki } from './pki.ts';
import { accepts, freePort } from './ports.ts';
import { makeDirectory, removeDirectory, startProcess, until } from './process.ts';

export interface Haproxy {
  /** `https://127.0.0.1:PORT/`, with a certificate that no browser knows. */
  readonly url: string;
  log(): string;
  stop(): Promise<void>;
}

const configuration = join(repository, 'deploy', 'haproxy', 'haproxy.cfg');

/** @param ports where its bridges will listen */
export async function startHaproxy(ports: readonly [number, number]): Promise<Haproxy> {
  const directory = makeDirectory('haproxy-');
  const pki = await createPki(directory);
  const certificate = join(directory, 'spice.pem');
  writeFileSync(certificate, readFileSync(pki.serverCert, 'utf8') + readFileSync(pki.serverKey, 'utf8'));
  const port = await freePort();
  const child = startProcess('haproxy', ['-db', '-f', configuration], {
    env: {
      PATH: `${process.env['PATH']}:/usr/sbin`,
      SPICE_BIND: `127.0.0.1:${port}`,
      SPICE_CERT: certificate,
      SPICE_BRIDGE_1: `127.0.0.1:${ports[0]}`,
      SPICE_BRIDGE_2: `127.0.0.1:${ports[1]}`,
    },
  });
  const stop = async (): Promise<void> => {
    await child.stop();
    removeDirectory(directory);
  };
  try {
    await until('HAProxy', () => accepts(port), { owner: child });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `https://127.0.0.1:${port}/`, log: () => child.log(), stop };
}
