/** Debian's Redis on a free loopback port, without anything on disk. */
import { freePort } from './ports.ts';
import { makeDirectory, removeDirectory, type Running, startProcess, until } from './process.ts';

export interface Redis {
  readonly port: number;
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
  /** Ends it as a crash does; what it held is lost. */
  kill(): Promise<void>;
  /** On the same port. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(args: readonly string[] = []): Promise<Redis> {
  const directory = makeDirectory('spice-viewer-redis-');
  const port = await freePort();
  let child: Running;
  const start = async (): Promise<void> => {
    child = startProcess('redis-server', [
      '--bind',
      '127.0.0.1',
      '--port',
      String(port),
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'no',
      ...args,
    ]);
    await until('Redis to be ready', () => child.log().includes('Ready to accept connections'), {
      owner: child,
    });
  };
  await start();
  const stop = async (): Promise<void> => child.stop();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: stop,
    startAgain: start,
    async stop() {
      await stop();
      removeDirectory(directory);
    },
  };
}
