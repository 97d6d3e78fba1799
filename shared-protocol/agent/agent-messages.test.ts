import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundTrip, survivesAnyBytes } from '../../tests/fuzz/message-properties.ts';
import { fewBytes, i32, u16, u32, u64, u8 } from '../../tests/fuzz/structure-arbitraries.ts';
import { agentMessages, monitorsConfigFlag, type AgentTable } from './agent-messages.ts';
import type { MessageValue } from '../wire/message-table.ts';

type Arbitraries = { [K in keyof AgentTable]: fc.Arbitrary<MessageValue<AgentTable, K>> };

const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { maxLength: 4 });
const monitor = fc.record({ height: u32, width: u32, depth: u32, x: i32, y: i32 });
const size = fc.record({ height: u16, width: u16 });
const monitors = fc.tuple(u32, few(fc.tuple(monitor, size))).map(([flags, both]) => ({
  flags,
  monitors: both.map(([one]) => one),
  physicalSizes: (flags & monitorsConfigFlag.physicalSize) === 0 ? undefined : both.map(([, mm]) => mm),
}));

const arbitraries = (hasSelection: boolean, hasSerial: boolean): Arbitraries => {
  const selection = hasSelection ? u8 : fc.constant(0);
  const serial = hasSerial ? u32 : fc.constant(0);
  return {
    mouseState: fc.record({ x: u32, y: u32, buttons: u32, displayId: u8 }),
    monitorsConfig: monitors,
    reply: fc.record({ type: u32, error: u32 }),
    clipboard: fc.record({ selection, type: u32, data: fewBytes }),
    displayConfig: fc.record({ flags: u32, depth: u32 }),
    announceCapabilities: fc.record({ request: u32, capabilities: few(u32) }),
    clipboardGrab: fc.record({ selection, serial, types: few(u32) }),
    clipboardRequest: fc.record({ selection, type: u32 }),
    clipboardRelease: fc.record({ selection }),
    fileXferStart: fc.record({ id: u32, text: fewBytes }),
    fileXferStatus: fc.record({ id: u32, result: u32, detail: fewBytes }),
    fileXferData: fc.record({ id: u32, size: u64, data: fewBytes }),
    clientDisconnected: fc.constant({}),
    maxClipboard: fc.record({ max: i32 }),
    audioVolumeSync: fc.record({ isPlayback: u8, mute: u8, volume: few(u16) }),
    graphicsDeviceInfo: fc.record({
      devices: few(fc.record({ channelId: u32, monitorId: u32, deviceDisplayId: u32, address: fewBytes })),
    }),
  };
};

describe.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('agent messages, selection %s, grab serial %s', (selection, grabSerial) => {
  const set = agentMessages({ selection, grabSerial });
  const values = arbitraries(selection, grabSerial);
  const names = Object.keys(values);

  it('are all here, numbered 1 to 16', () => {
    expect(names.map((name) => set.typeOf(name as keyof AgentTable))).toEqual(names.map((_, i) => i + 1));
    expect(Object.keys(set.table)).toEqual(names);
  });

  it.each(names)('%s makes the round trip', (name) =>
    roundTrip(set, name, values[name as keyof Arbitraries], 30),
  );

  it.each(names)('%s survives any bytes', (name) =>
    survivesAnyBytes(set, name, values[name as keyof Arbitraries], 40),
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
