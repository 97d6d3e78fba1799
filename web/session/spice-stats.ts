import type { ChannelStats } from './worker-messages.ts';

/** Per display: what was drawn and shown. */
export interface DisplayStats {
  readonly framesPresented: number;
  readonly drawCommands: number;
  /** milliseconds by codec */
  readonly decodeMilliseconds: Readonly<Record<string, number>>;
}

/** What the display worker knows. */
export interface DisplayWorkerStats {
  readonly channels: readonly ChannelStats[];
  readonly displays: Readonly<Record<string, DisplayStats>>;
}

/** What `getStats()` resolves to: plain numbers. */
export interface SpiceStats {
  /** milliseconds */
  readonly roundTripTime: number;
  /** by channel, e.g. `display:0` */
  readonly channels: Readonly<Record<string, Omit<ChannelStats, 'channel' | 'roundTripTime'>>>;
  /** by display id */
  readonly displays: Readonly<Record<string, DisplayStats>>;
}

export const combineStats = (session: readonly ChannelStats[], display: DisplayWorkerStats): SpiceStats => {
  const channels: Record<string, Omit<ChannelStats, 'channel' | 'roundTripTime'>> = {};
  let roundTripTime = 0;
  for (const { channel, roundTripTime: time, ...numbers } of [...session, ...display.channels]) {
    channels[channel] = numbers;
    if (channel.startsWith('inputs:') || roundTripTime === 0) roundTripTime = time;
  }
  return { roundTripTime, channels, displays: display.displays };
};
