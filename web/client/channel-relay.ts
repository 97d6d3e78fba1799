import type { ChannelSocket } from '../api/public-types.ts';
import type { PortMessage, ChannelAddress } from '../threads/channel-address.ts';

/** Connects a socket that lives on the main thread with a channel that lives in a worker. */
export function relayAddress(open: () => ChannelSocket | Promise<ChannelSocket>): ChannelAddress {
  const { port1, port2 } = new MessageChannel();
  const waiting: ArrayBuffer[] = [];
  let socket: ChannelSocket | undefined;
  let closed = false;
  const post = (message: PortMessage, transfer: Transferable[] = []): void =>
    port1.postMessage(message, transfer);

  const onOpen = (): void => {
    for (const bytes of waiting) socket?.send(bytes);
    waiting.length = 0;
    post({ kind: 'open' });
  };

  port1.onmessage = (event: MessageEvent<PortMessage>) => {
    const message = event.data;
    if (message.kind === 'close') {
      closed = true;
      socket?.close(1000);
    } else if (message.kind === 'bytes') {
      if (socket?.readyState === WebSocket.OPEN) socket.send(message.bytes);
      else waiting.push(message.bytes);
    }
  };

  const attach = (opened: ChannelSocket): void => {
    socket = opened;
    if (closed) {
      opened.close(1000);
      return;
    }
    opened.binaryType = 'arraybuffer';
    opened.addEventListener('message', (event) => {
      const { data } = event as MessageEvent;
      if (data instanceof ArrayBuffer) post({ kind: 'bytes', bytes: data }, [data]);
    });
    opened.addEventListener('close', (event) => {
      const { code, reason } = event as CloseEvent;
      post({ kind: 'close', code: code ?? 1006, reason: reason ?? '' });
    });
    if (opened.readyState === WebSocket.OPEN) onOpen();
    else opened.addEventListener('open', onOpen);
  };

  Promise.resolve()
    .then(open)
    .then(attach, (error: unknown) => {
      post({ kind: 'close', code: 1006, reason: error instanceof Error ? error.message : String(error) });
    });
  return { kind: 'port', port: port2 };
}
