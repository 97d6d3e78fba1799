import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { expect, it } from 'vitest';
import { clientHello } from '../testing/test-kit.ts';
import { BridgeMetrics, observeAll } from './metrics.ts';

/** Sample lines by name and labels. */
async function samples(metrics: BridgeMetrics): Promise<Map<string, number>> {
  const { body } = await metrics.text();
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

it('tells sessions, channels, bytes, errors and connect times', async () => {
  const metrics = new BridgeMetrics({
    sessions: () => ({ running: 2, started: 9 }),
    draining: () => true,
    inbound: { held: 3, most: 4 },
  });
  const observed = { ip: '::1', addressKey: '::1', bytesToBrowser: 0, bytesToServer: 0, end: () => {} };
  const channel = observeAll(metrics).opened(observed);
  channel.admitted({ targetName: 'lab' });
  channel.linked(clientHello(channelType.display, 1));
  channel.connected(20);
  Object.assign(observed, { bytesToBrowser: 1000, bytesToServer: 10 });
  metrics.opened({ ...observed }).linked(clientHello(250));
  metrics.refused('origin-refused');

  const running = await samples(metrics);
  expect(Object.fromEntries(running)).toMatchObject({
    spice_bridge_sessions: 2,
    spice_bridge_sessions_started_total: 9,
    spice_bridge_draining: 1,
    spice_bridge_inbound_bytes: 3,
    spice_bridge_inbound_bytes_most: 4,
    'spice_bridge_channels{channel="display"}': 1,
    'spice_bridge_channels{channel="other"}': 1,
    'spice_bridge_channels_opened_total{channel="display"}': 1,
    spice_bridge_bytes_to_browser_total: 2000,
    spice_bridge_bytes_to_server_total: 20,
    'spice_bridge_errors_total{code="origin-refused"}': 1,
    'spice_bridge_connect_seconds_bucket{le="0.01"}': 0,
    'spice_bridge_connect_seconds_bucket{le="0.03"}': 1,
    spice_bridge_connect_seconds_count: 1,
  });
  for (const name of [
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
  ]) {
    expect(running.get(name)).toBeGreaterThanOrEqual(0);
  }

  observed.bytesToBrowser += 5;
  channel.closed('target-broken');
  const after = await samples(metrics);
  expect(after.get('spice_bridge_bytes_to_browser_total')).toBe(2005);
  expect(after.get('spice_bridge_errors_total{code="target-broken"}')).toBe(1);
  expect(after.get('spice_bridge_channels{channel="display"}')).toBeUndefined();
});

it('counts a normal end as no error', async () => {
  const metrics = new BridgeMetrics({
    sessions: () => ({ running: 0, started: 0 }),
    draining: () => false,
    inbound: { held: 0, most: 0 },
  });
  for (const reason of ['ended', 'left'] as const) {
    metrics
      .opened({ ip: '', addressKey: '', bytesToBrowser: 0, bytesToServer: 0, end: () => {} })
      .closed(reason);
  }
  expect([...(await samples(metrics)).keys()].filter((name) => name.includes('errors_total{'))).toEqual([]);
});
