import { createHash } from 'node:crypto';

/** How a session that the store does not know yet begins: one that a signed token describes. */
export interface FirstUse {
  /** What is kept while it runs; no secrets, as the token brings them each time. */
  readonly value: string;
  /** Milliseconds for which it may not begin again once it is over; 0: it may. */
  readonly usedFor: number;
}

/** Why a session is over for good: an administrator ended it, or a limit of time did. */
export type OverState = 'revoked' | 'expired' | 'idle';

export type OpenResult =
  | { readonly state: 'open'; readonly session: RunningSession }
  | { readonly state: 'unknown' | 'used' | OverState };

/** What is known of a session wherever it runs. */
export interface RunningSession {
  readonly value: string;
  /** When its first channel came, whichever bridge took it: milliseconds since 1970. Limits of time count from it. */
  readonly began: number;
}

/**
 * Sessions by key: a key is `sessionKey(secret)`, so that who reads the store or a log cannot use what it finds.
 * A session is there from its making to its first use, while channels are open, and for a while after the last one;
 * then it is gone. Bridges that share a store share sessions.
 */
export interface SessionStore {
  /** Keeps a session that may begin within `ttl` milliseconds. */
  put(key: string, value: string, ttl: number): Promise<void>;
  /** Begins or goes on with a session, which then stays for `window` milliseconds. */
  open(key: string, window: number, first?: FirstUse): Promise<OpenResult>;
  /** Prolongs a session by `window` milliseconds, also when the store has lost it. Otherwise tells why it is over. */
  keep(key: string, session: RunningSession, window: number, usedFor: number): Promise<OverState | undefined>;
  /** Ends a session everywhere, or before it began, and keeps it from beginning for `ttl` milliseconds. */
  finish(key: string, why: OverState, ttl: number): Promise<void>;
  /** Tells what bridge `id` runs; forgotten after `ttl` milliseconds. */
  announce(id: string, value: string, ttl: number): Promise<void>;
  /** What all bridges announced. */
  announced(): Promise<string[]>;
  /** Called with the key of each session that anybody ends. */
  onFinished(listener: (key: string, why: OverState) => void): void;
  /** Called when the store is there again: what was ended meanwhile was not told. */
  onBack(listener: () => void): void;
  close(): Promise<void>;
}

/** The key of a secret id: SHA-256, hexadecimal. Also the session's name in logs and in the admin API. */
export function sessionKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
