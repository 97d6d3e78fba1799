/** The nginx configuration that we ship, with real bridges behind it. */
import { startNginx } from '../../servers/nginx.ts';
import { waitForEqual } from '../lib/compare.ts';
import { xterm } from '../lib/desktop.ts';
import { expect, needs, test } from '../lib/fixtures.ts';
import { Viewer } from '../lib/viewer.ts';

needs('chromium', 'xspice', 'nginx', 'openssl');
test.use({ ignoreHTTPSErrors: true });

test('a session through nginx, client addresses known to the bridge, metrics kept inside', async ({
  page,
  xspice,
  bridge,
  owned,
}) => {
  const server = await xspice();
  await xterm(server, 'nginx', 'seq 1 200', '-geometry', '60x20+40+40');
  const args = ['--trusted-proxy=127.0.0.1', '--log-format=json'];
  const one = await bridge({ desk: `spice://127.0.0.1:${server.port}` }, args);
  const two = await bridge({ desk: `spice://127.0.0.1:${server.port}` }, args);
  const port = ({ url }: { url: string }): number => Number(new URL(url).port);
  const nginx = owned(await startNginx([port(one), port(two)]));

  const viewer = await Viewer.open(page, `${nginx.url}?embed=1&target=desk`);
  await viewer.waitConnected();
  await waitForEqual('the desktop through nginx', () => viewer.pixels(), server.screenshot);
  const metrics = await page.request.get(`${nginx.url}metrics`);
  expect(metrics.status()).toBe(404);
  // A claim of the client's own is dropped on the way.
  const claimed = await page.request.get(`${nginx.url}healthz`, {
    headers: { 'x-forwarded-for': '203.0.113.9' },
  });
  expect(claimed.status()).toBe(200);
  expect(one.log() + two.log()).not.toContain('203.0.113.9');
  await viewer.evaluate((element) => element.disconnect());
  await expect.poll(() => one.log() + two.log()).toContain('"client":"127.0.0.1"');
});
