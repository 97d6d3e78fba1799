/** How a worker gets a channel's bytes: by a WebSocket of its own, or from the main thread by a port. */
export type ChannelAddress =
  | { readonly kind: 'url'; readonly url: string; readonly protocols: readonly string[] }
  | { readonly kind: 'port'; readonly port: MessagePort };

/** What goes over such a port: bytes both ways, and how it opens and ends. */
export type PortMessage =
  { kind: 'open' } | { kind: 'bytes'; bytes: ArrayBuffer } | { kind: 'close'; code: number; reason: string };
