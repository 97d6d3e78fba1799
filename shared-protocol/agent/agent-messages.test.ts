import { describe, expect, it } from 'vitest';
import { agentArbitraries, type AgentArbitraries } from '../../tests/fuzz/agent-arbitraries.ts';
import { roundTrip, survivesAnyBytes } from '../../tests/fuzz/message-properties.ts';
import { agentMessages, type AgentTable } from './agent-messages.ts';

describe.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('agent messages, selection %s, grab serial %s', (selection, grabSerial) => {
  const set = agentMessages({ selection, grabSerial });
  const values = agentArbitraries(selection, grabSerial);
  const names = Object.keys(values);

  it('are all here, numbered 1 to 16', () => {
    expect(names.map((name) => set.typeOf(name as keyof AgentTable))).toEqual(names.map((_, i) => i + 1));
    expect(Object.keys(set.table)).toEqual(names);
  });

  it.each(names)('%s makes the round trip', (name) =>
    roundTrip(set, name, values[name as keyof AgentArbitraries], 30),
  );

  it.each(names)('%s survives any bytes', (name) =>
    survivesAnyBytes(set, name, values[name as keyof AgentArbitraries], 40),
  );
});

it('writes the bytes that agents expect', () => {
  const both = agentMessages({ selection: true, grabSerial: true });
  const grab = both.write('clipboardGrab', { selection: 0, serial: 7, types: [1, 2] });
  expect([...grab]).toEqual([0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
  const none = agentMessages({ selection: false, grabSerial: false });
  expect([...none.write('clipboardGrab', { selection: 0, serial: 7, types: [1] })]).toEqual([1, 0, 0, 0]);
  const config = { flags: 1, monitors: [{ width: 0x500, height: 0x400, depth: 32, x: 0, y: -1 }] };
  const bytes = [1, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255];
  expect([...none.write('monitorsConfig', { ...config, physicalSizes: undefined })]).toEqual(bytes);
});
