/** An arbitrary value for every message of the agent. */
import * as fc from 'fast-check';
import { monitorsConfigFlag, type AgentTable } from '../../shared-protocol/agent/agent-messages.ts';
import type { MessageValue } from '../../shared-protocol/wire/message-table.ts';
import { fewBytes, i32, u16, u32, u64, u8 } from './structure-arbitraries.ts';

export type AgentArbitraries = { [K in keyof AgentTable]: fc.Arbitrary<MessageValue<AgentTable, K>> };

function few<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { maxLength: 4 });
}
const monitor = fc.record({ height: u32, width: u32, depth: u32, x: i32, y: i32 });
const size = fc.record({ height: u16, width: u16 });
const monitors = fc.tuple(u32, few(fc.tuple(monitor, size))).map(([flags, both]) => ({
  flags,
  monitors: both.map(([one]) => one),
  physicalSizes: (flags & monitorsConfigFlag.physicalSize) === 0 ? undefined : both.map(([, mm]) => mm),
}));

export function agentArbitraries(hasSelection: boolean, hasSerial: boolean): AgentArbitraries {
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
}
