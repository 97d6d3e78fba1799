/** The viewer's display channel with a server of the test's own behind it. */
import {
  displayClientMessages,
  displayServerMessages,
} from '@spice-viewer/shared-protocol/channels/display-messages.ts';
import { afterEach } from 'vitest';
import { DecodePool } from '../../web/display/decode-pool.ts';
import { DisplayChannel } from '../../web/display/display-channel.ts';
import { DisplaySession } from '../../web/display/display-session.ts';
import { EventLog, TestServer } from '../../web/channels/test-server.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

/** Pixels, either way, of the primary surface. */
export const SIZE = 16;

/** A channel that is linked and shows a black primary of 16x16 pixels. */
export async function openDisplay() {
  const server = new TestServer({ server: displayServerMessages, client: displayClientMessages });
  const events = new EventLog();
  const request = {
    kind: 'openChannel',
    channel: { type: 2, id: 0 },
    connectionId: 7,
    password: '',
    address: server.address,
  } as const;
  const { opened, closed, trouble, notified } = events;
  const display = { opened, closed, trouble, notified, painted: () => {}, layoutChanged: () => {} };
  const session = new DisplaySession(new DecodePool());
  const channel = new DisplayChannel(request, display, session, 'auto');
  const close = () => {
    channel.close();
    session.pool.dispose();
    server.dispose();
  };
  cleanups.push(close);
  await server.linked;
  server.send('surfaceCreate', { surfaceId: 0, width: SIZE, height: SIZE, format: 32, flags: 1 });
  server.send('mark', {});
  await server.settled();
  return { server, events, channel, session, close };
}
