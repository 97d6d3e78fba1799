import type { ClientHello } from '@spice-viewer/shared-protocol/link/client-hello.ts';
import type { BridgeError, BridgeErrorCode } from '../errors/bridge-error.ts';

/** Why a channel ended: an error, the server (`ended`), or the browser (`left`). */
export type EndReason = BridgeErrorCode | 'ended' | 'left';

/** What an observer may ask of a channel at any time. */
export interface ObservedChannel {
  /** The client's address, and what limits count by. */
  readonly ip: string;
  readonly addressKey: string;
  /** Payload bytes so far. */
  readonly bytesToBrowser: number;
  readonly bytesToServer: number;
  /** Closes it, with the error's code and sentence. */
  end(error: BridgeError): void;
}

/** What admission found out about a channel. */
export interface AdmittedChannel {
  readonly targetName: string;
  /** The token's subject. */
  readonly subject?: string | undefined;
  /** The same for all channels of a session, and not a secret: it is logged. Undefined where no token tells. */
  readonly sessionId?: string | undefined;
  /** When that session began on any bridge, in milliseconds since 1970; undefined: now. */
  readonly began?: number | undefined;
  /** Seconds; undefined or 0: the bridge's own. */
  readonly limits?: { readonly session?: number | undefined; readonly idle?: number | undefined } | undefined;
}

/** Hears of one channel. `admitted` and `linked` come in any order, `connected` after `admitted`, `closed` at last, once. */
export interface ChannelObserver {
  admitted(channel: AdmittedChannel): void;
  /** What the client said it wants; null: it does not speak SPICE. */
  linked(hello: ClientHello | null): void;
  /** The target took the connection, so many milliseconds after the bridge began to connect. */
  connected(milliseconds: number): void;
  /** `cause`: what nobody expected, of `bridge-failed`. */
  closed(reason: EndReason, cause?: unknown): void;
}

/** Hears of all channels. Sessions, audit log and metrics come from what it hears. */
export interface TunnelObserver {
  /** Refused before it was a channel. */
  refused(code: BridgeErrorCode, ip: string): void;
  opened(channel: ObservedChannel): ChannelObserver;
}
