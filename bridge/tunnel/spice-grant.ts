import type { IncomingMessage } from 'node:http';
import type { TargetProvider } from '../targets/target-provider.ts';

/** What a request may do: where its channel goes, which channels it may be, and whose session it belongs to. */
export interface SpiceGrant {
  readonly provider: TargetProvider;
  /** SPICE channel types that may be opened; undefined: all. */
  readonly channels?: ReadonlySet<number> | undefined;
  /** Who, for the audit log. */
  readonly subject?: string | undefined;
  /** The same for all channels of a session, and not a secret. Undefined where no token tells. */
  readonly sessionId?: string | undefined;
  /** When that session began on any bridge, in milliseconds since 1970. */
  readonly began?: number | undefined;
  /** Seconds, and channels at a time; undefined or 0: the bridge's own. */
  readonly limits?:
    | {
        readonly session?: number | undefined;
        readonly idle?: number | undefined;
        readonly connections?: number | undefined;
      }
    | undefined;
  /** The channel is over, or was not opened after all. More calls do nothing. */
  readonly release?: (() => void) | undefined;
}

export interface AdmissionRequest {
  readonly request: IncomingMessage;
  /** Of the path `/spice/NAME`; null where the path names none. */
  readonly targetName: string | null;
  /** The client's address. */
  readonly ip: string;
}

/** Decides who may connect where. The WebSocket is open by then, and what the client sends meanwhile is kept. */
export interface Admission {
  /** @throws {BridgeError} what the client is told */
  admit(request: AdmissionRequest, signal: AbortSignal): Promise<SpiceGrant>;
}
