import type { Target } from './target.ts';

/** The embedded SPICE server as a target. Whoever starts it closes it. */
export interface DemoTarget {
  readonly target: Target;
  close(): Promise<void>;
}

/** Starts the demo desktop on a free loopback port. The import is dynamic so that bridges without it don't load it. */
export async function startDemoTarget(name: string): Promise<DemoTarget> {
  const { startDemoServer } = await import('../demo/demo-server.ts');
  const server = await startDemoServer({ host: '127.0.0.1', port: 0 });
  const target: Target = {
    name,
    title: 'Demo desktop',
    kind: 'demo',
    plain: { host: server.host, port: server.port },
    secure: undefined,
    secureChannels: new Set(),
    password: undefined,
  };
  return { target, close: () => server.close() };
}
