import type { ChannelNumbers, SpiceStats } from '../api/public-types.ts';
import type { DisplayWorkerStats, SessionWorkerStats } from '../threads/worker-messages.ts';

export const noStats: SpiceStats = {
  roundTripTime: 0,
  channels: {},
  displays: {},
  streams: [],
  openVideoFrames: 0,
  audio: null,
  microphone: null,
};

export function combineStats(session: SessionWorkerStats, display: DisplayWorkerStats): SpiceStats {
  const channels: Record<string, ChannelNumbers> = {};
  let roundTripTime = 0;
  for (const { channel, roundTripTime: time, ...numbers } of [...session.channels, ...display.channels]) {
    channels[channel] = numbers;
    // The inputs channel keeps measuring; the others only measured their link stage.
    if (channel.startsWith('inputs:') || roundTripTime === 0) roundTripTime = time;
  }
  const { displays, streams, openVideoFrames } = display;
  return {
    roundTripTime,
    channels,
    displays,
    streams,
    openVideoFrames,
    audio: session.audio,
    microphone: session.microphone,
  };
}
