/** Debian's nginx with the configuration that we ship, its addresses and files changed to the test's. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './bridge.ts';
import { createPki } from './pki.ts';
import { accepts, freePort } from './ports.ts';
import { makeDirectory, removeDirectory, startProcess, until } from './process.ts';

export interface Nginx {
  /** `https://127.0.0.1:PORT/`, with a certificate that no browser knows. */
  readonly url: string;
  log(): string;
  stop(): Promise<void>;
}

const configuration = join(repository, 'deploy', 'nginx', 'spice-viewer.conf');

/** @throws when the configuration does not hold what is to be changed */
function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`${configuration} does not hold ${from}`);
    return result.replaceAll(from, to);
  }, text);
}

/** @param ports where its bridges listen */
export async function startNginx(ports: readonly [number, number]): Promise<Nginx> {
  const directory = makeDirectory('nginx-');
  const pki = await createPki(directory);
  const port = await freePort();
  const shipped = replaced(readFileSync(configuration, 'utf8'), {
    'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
    '127.0.0.1:8081': `127.0.0.1:${ports[0]}`,
    '127.0.0.1:8082': `127.0.0.1:${ports[1]}`,
    '/etc/nginx/spice.crt': pki.serverCert,
    '/etc/nginx/spice.key': pki.serverKey,
    '/var/log/nginx/spice-viewer.log': join(directory, 'access.log'),
  });
  mkdirSync(join(directory, 'tmp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(directory, 'tmp', name)};`)
    .join('\n');
  const main = join(directory, 'nginx.conf');
  writeFileSync(
    main,
    `daemon off; worker_processes 1; pid ${join(directory, 'pid')}; error_log stderr info;
events { worker_connections 512; }
http {
${temporary}
${shipped}
}
`,
  );
  const child = startProcess('nginx', ['-p', directory, '-e', 'stderr', '-c', main], {
    env: { PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  const stop = async (): Promise<void> => {
    await child.stop();
    removeDirectory(directory);
  };
  try {
    await until('nginx', () => accepts(port), { owner: child });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `https://127.0.0.1:${port}/`, log: () => child.log(), stop };
}
