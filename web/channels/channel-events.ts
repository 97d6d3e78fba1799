import type { ChannelEvents } from './channel.ts';
import type { FromWorker } from '../threads/worker-messages.ts';

/** A channel's life as messages to the main thread. */
export function channelEvents(post: (message: FromWorker) => void): ChannelEvents {
  return {
    opened: (channel) => post({ kind: 'channelOpen', channel }),
    closed: (channel, failure) => post({ kind: 'channelClosed', channel, failure }),
    trouble: (channel, failure) => post({ kind: 'trouble', channel, failure }),
    notified: (severity, text) => post({ kind: 'notify', severity, text }),
  };
}
