import { expect, it } from 'vitest';
import { bridgeTo, linkMessage, TestClient } from '../testing/test-kit.ts';

it('is offered when there is no target, and answers a SPICE client', async () => {
  const bridge = await bridgeTo({});
  const targets: unknown = await (await fetch(`${bridge.url}targets.json`)).json();
  expect(targets).toEqual({ targets: [{ name: 'demo', title: 'Demo desktop', kind: 'demo' }] });
  const client = await new TestClient(`${bridge.url}spice/demo`).opened();
  client.websocket.send(linkMessage(1));
  const answer = await client.until(20);
  expect(answer.toString('latin1', 0, 4)).toBe('REDQ');
  expect(answer.readUInt32LE(16)).toBe(0);
  await bridge.close();
  await client.closed;
});

it('can stand beside other targets', async () => {
  const bridge = await bridgeTo({ lab: 'spice://x:1', desk: 'demo:' });
  const targets: unknown = await (await fetch(`${bridge.url}targets.json`)).json();
  expect(targets).toMatchObject({ targets: [{ name: 'lab' }, { name: 'desk', kind: 'demo' }] });
  await bridge.close();
});
