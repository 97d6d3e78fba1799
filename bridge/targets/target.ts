import type { SecureContext } from 'node:tls';
import type { HostSubject } from './host-subject.ts';
import type { HttpProxy } from './http-connect.ts';
import type { TargetRules } from './target-rules.ts';

export type TargetKind =
  'demo' | 'spice' | 'spice+tls' | 'spice+unix' | 'vv' | 'libvirt' | 'proxmox' | 'session';

export type PlainEndpoint =
  { readonly host: string; readonly port: number } | { readonly path: string; readonly host?: undefined };

export interface SecureEndpoint {
  readonly host: string;
  readonly port: number;
  /** Holds the certificates that the server's chain is verified against; made once, shared by all connections. */
  readonly secureContext: SecureContext;
  /** What the certificate's subject must be. Without it the certificate must be for `host`, unless it is pinned. */
  readonly hostSubject: HostSubject | undefined;
  /** SHA-256 of the server's own certificate as DER, 64 small hexadecimal digits. */
  readonly fingerprint: string | undefined;
  /** Whether the chain must lead to an authority: always, except for a pinned certificate without a CA of its own. */
  readonly verifyChain: boolean;
}

/** A SPICE server. At least one of `plain` and `secure` is there. */
export interface Target {
  readonly name: string;
  readonly title: string | undefined;
  readonly kind: TargetKind;
  readonly plain: PlainEndpoint | undefined;
  readonly secure: SecureEndpoint | undefined;
  /** Channel types that use `secure` from the start where both endpoints exist. */
  readonly secureChannels: ReadonlySet<number>;
  /** Answers the server's ticket, and never leaves the bridge. Undefined: the browser answers it. */
  readonly password: string | undefined;
  /** Both endpoints are reached through it. */
  readonly proxy?: HttpProxy | undefined;
  /** For targets from outside; what an operator configured has none. */
  readonly rules?: TargetRules | undefined;
}
