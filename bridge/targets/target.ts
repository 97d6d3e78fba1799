import type { SecureContext } from 'node:tls';
import type { HostSubject } from './host-subject.ts';

export type TargetKind = 'demo' | 'spice' | 'spice+tls' | 'spice+unix' | 'vv';

export type PlainEndpoint =
  { readonly host: string; readonly port: number } | { readonly path: string; readonly host?: undefined };

export interface SecureEndpoint {
  readonly host: string;
  readonly port: number;
  /** Holds the certificates that the server's chain is verified against; made once, shared by all connections. */
  readonly secureContext: SecureContext;
  /** What the certificate's subject must be. Without it the certificate must be for `host`. */
  readonly hostSubject: HostSubject | undefined;
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
  /** Never leaves the bridge. */
  readonly password: string | undefined;
}
