/** What lets a browser use a machine for one session: a token for the bridge, encrypted, as it may hold a password. */
import { randomUUID } from 'node:crypto';
import { EncryptJWT } from 'jose';
import type { Machine } from './accounts.ts';

/** Time to open the page and connect; the session itself may last as long as it likes. */
const LIFETIME = '60s';

export interface TicketOptions {
  /** 32 bytes that the bridge knows too (--jwe-key-file). */
  readonly key: Uint8Array;
  readonly issuer: string;
  readonly audience: string;
}

/** A JWE (dir, A256GCM) with the claims of docs/bridge-tokens.md, good for one session and its reconnects. */
export function mintTicket(machine: Machine, user: string, options: TicketOptions): Promise<string> {
  return new EncryptJWT({ spice: { title: machine.title, ...machine.spice } })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setIssuer(options.issuer)
    .setAudience(options.audience)
    .setSubject(user)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(LIFETIME)
    .encrypt(options.key);
}
