/** What is shipped runs as it is: dist in an empty folder, and the files of the container image as its lines run them. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { repository } from '../../servers/bridge.ts';
import { freePort, linkMessage } from '../../servers/ports.ts';
import { startProcess, until } from '../../servers/process.ts';
import { expect, needs, test } from '../lib/fixtures.ts';

needs('chromium');

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spice-viewer-shipped-'));
  chmodSync(folder, 0o755);
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The page is served, and a SPICE server answers behind the tunnel. */
async function servesTheDemo(url: string): Promise<void> {
  const page = await (await fetch(url)).text();
  expect(page).toContain('spice-viewer');
  expect((await fetch(`${url}spice-viewer.js`)).status).toBe(200);
  expect(await (await fetch(`${url}targets.json`)).json()).toMatchObject({ targets: [{ name: 'demo' }] });
  const websocket = new WebSocket(`${url.replace('http', 'ws')}spice/demo`, ['binary']);
  const answer = await new Promise<Buffer>((resolve, reject) => {
    websocket.on('open', () => websocket.send(linkMessage()));
    websocket.on('message', resolve);
    websocket.on('error', reject);
  });
  expect(answer.subarray(0, 4).toString('latin1')).toBe('REDQ');
  websocket.close();
}

test('dist alone, in an empty folder, serves the demo', async ({ owned }) => {
  cpSync(join(repository, 'dist'), folder, { recursive: true });
  const child = owned(
    startProcess(process.execPath, ['bridge/main.js', '--listen', '127.0.0.1:0'], { cwd: folder }),
  );
  const url = await until(
    'the bridge to listen',
    () => /listening on (http:\/\/\S+)/.exec(child.log())?.[1],
    {
      owner: child,
    },
  );
  await servesTheDemo(url);
});

test('dist names no module but its own and those of Node', () => {
  const bridge = join(repository, 'dist/bridge');
  const names = readdirSync(bridge)
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => [
      ...readFileSync(join(bridge, name), 'utf8').matchAll(/^import (?:[^'"]* from )?["']([^"']+)["'];?$/gm),
    ])
    .map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(isBuiltin(name) || name.startsWith('./'), name).toBe(true);
});

test("the image's files run as its last stage says: as nobody, reading only", async ({ owned }) => {
  const lines = readFileSync(join(repository, 'deploy/docker/Dockerfile'), 'utf8').split('\n');
  const stage = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const value = (instruction: string): string =>
    stage.find((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '';
  const copies = stage.filter((line) => line.startsWith('COPY '));
  expect(copies).toEqual(['COPY --from=build /src/dist dist']);
  expect(value('USER')).toBe('65532:65532');
  const app = join(folder, value('WORKDIR'));
  mkdirSync(app);
  cpSync(join(repository, 'dist'), join(app, 'dist'), { recursive: true });
  execFileSync('chmod', ['-R', 'a-w,a+rX', app]);

  const environment = Object.fromEntries(
    value('ENV')
      .split(' ')
      .map((pair) => pair.split('=', 2) as [string, string]),
  );
  expect(environment['SPICE_VIEWER_LISTEN']).toBe('0.0.0.0:8080');
  const port = await freePort();
  const [program, ...args] = JSON.parse(value('ENTRYPOINT')) as string[];
  expect(program).toBe('/nodejs/bin/node');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(app, 0, 0);
  const command = isRoot
    ? ['setpriv', '--reuid=65532', '--regid=65532', '--clear-groups', '--no-new-privs', process.execPath]
    : [process.execPath];
  const env = { ...environment, SPICE_VIEWER_LISTEN: `127.0.0.1:${port}` };
  const child = owned(startProcess(command[0] as string, [...command.slice(1), ...args], { cwd: app, env }));
  await until('the bridge to listen', () => (child.log().includes('listening on') ? true : undefined), {
    owner: child,
  });
  await servesTheDemo(`http://127.0.0.1:${port}/`);
});
