import type { ChannelEvents } from './channel.ts';
import type { FromWorker } from '../threads/worker-messages.ts';
import { TroubleLimiter, type Later } from './trouble-limiter.ts';

/** A channel's life as messages to the main thread, and of its troubles no more than that can show. */
export function channelEvents(post: (message: FromWorker) => void, later?: Later): ChannelEvents {
  const limiter = new TroubleLimiter(post, later);
  return {
    opened: (channel) => post({ kind: 'channelOpen', channel }),
    closed: (channel, failure) => {
      limiter.flush();
      post({ kind: 'channelClosed', channel, failure });
    },
    trouble: (channel, failure) => limiter.post({ kind: 'trouble', channel, failure }),
    notified: (severity, text) => limiter.post({ kind: 'notify', severity, text }),
  };
}
