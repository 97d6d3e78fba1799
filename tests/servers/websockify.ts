/** Debian's websockify: the reference for a WebSocket to TCP bridge. */
import { accepts, freePort } from './ports.ts';
import { startProcess, until } from './process.ts';

export interface Websockify {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Bridges ws://127.0.0.1:port/ to the TCP port `target`. */
export async function startWebsockify(target: number): Promise<Websockify> {
  const port = await freePort();
  const child = startProcess('websockify', [`127.0.0.1:${port}`, `127.0.0.1:${target}`]);
  try {
    await until('websockify', () => accepts(port), { owner: child });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { port, pid: child.pid, stop: () => child.stop() };
}
