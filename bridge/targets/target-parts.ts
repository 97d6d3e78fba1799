import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { isPassword } from '../link/answer-ticket.ts';
import { channelTypes } from './channel-names.ts';
import { parseHostSubject } from './host-subject.ts';
import { isProxiedHost, parseProxyUrl } from './http-connect.ts';
import type { PlainEndpoint, SecureEndpoint, Target, TargetKind } from './target.ts';
import type { TargetRules } from './target-rules.ts';
import { isHost } from './target-uri.ts';

/** Half a sentence about what is wrong with a target. */
export class TargetProblem extends Error {
  override readonly name = 'TargetProblem';
}

/** Reads a file that the operator named, relative to where it was named. @throws {TargetProblem} */
export type ReadFile = (file: string, what: string) => string;

/** A target as .vv files, URIs, tokens and APIs tell it: text, not yet checked. */
export interface TargetParts {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly tlsPort?: number | undefined;
  readonly socketPath?: string | undefined;
  /** PEM. */
  readonly ca?: string | undefined;
  readonly hostSubject?: string | undefined;
  /** `sha256:HEX` */
  readonly fingerprint?: string | undefined;
  readonly secureChannels?: readonly string[] | undefined;
  /** `http://HOST:PORT` */
  readonly proxy?: string | undefined;
  readonly password?: string | undefined;
  readonly title?: string | undefined;
}

export interface TargetIdentity {
  readonly name: string;
  readonly kind: TargetKind;
  readonly rules?: TargetRules | undefined;
}

/** @throws {TargetProblem} */
export function targetFromParts({ name, kind, rules }: TargetIdentity, parts: TargetParts): Target {
  const proxy = parts.proxy === undefined ? undefined : parseProxyUrl(parts.proxy);
  if (typeof proxy === 'string') throw new TargetProblem(proxy);
  const { password } = parts;
  if (password !== undefined && !isPassword(password)) {
    throw new TargetProblem('a SPICE password has at most 60 bytes and no NUL');
  }
  const common = {
    name,
    title: parts.title,
    kind,
    secureChannels: secureChannelsOf(parts.secureChannels ?? []),
    // An empty password is none: such a server takes any ticket, or refuses everybody.
    password: password === '' ? undefined : password,
    proxy,
    rules,
  };
  if (parts.socketPath !== undefined) {
    if (proxy !== undefined) throw new TargetProblem('a proxy cannot reach a socket');
    return { ...common, plain: { path: parts.socketPath }, secure: undefined };
  }
  const host = parts.host?.replace(/^\[(.*)\]$/, '$1');
  if (host === undefined) throw new TargetProblem('it names no host');
  if (!(proxy === undefined ? isHost(host) : isProxiedHost(host))) {
    throw new TargetProblem('its host is neither a name nor an address');
  }
  if (parts.port === undefined && parts.tlsPort === undefined) {
    throw new TargetProblem('it names neither port nor tls-port');
  }
  const plain: PlainEndpoint | undefined = parts.port === undefined ? undefined : { host, port: parts.port };
  return { ...common, plain, secure: secureOf(host, parts) };
}

function secureOf(host: string, parts: TargetParts): SecureEndpoint | undefined {
  const { tlsPort: port, ca } = parts;
  if (port === undefined) {
    if (parts.fingerprint !== undefined) throw new TargetProblem('a fingerprint needs a TLS port');
    return undefined;
  }
  const hostSubject = parts.hostSubject === undefined ? undefined : parseHostSubject(parts.hostSubject);
  if (parts.hostSubject !== undefined && hostSubject === undefined) {
    throw new TargetProblem('the host subject must look like C=US,O=Lab,CN=spice.lab');
  }
  const fingerprint = parts.fingerprint === undefined ? undefined : parseFingerprint(parts.fingerprint);
  return {
    host,
    port,
    secureContext: trusting(ca),
    hostSubject,
    fingerprint,
    verifyChain: fingerprint === undefined || ca !== undefined,
  };
}

/** TLS 1.2 or newer, with this CA's certificates or the system's. @throws {TargetProblem} */
export function trusting(ca: string | undefined): SecureEndpoint['secureContext'] {
  return createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: certificatesIn(ca) }),
  });
}

/** Reads `sha256:HEX`, with or without colons between the bytes. @throws {TargetProblem} */
export function parseFingerprint(text: string): string {
  const hex = /^sha256:([0-9a-f:]+)$/i.exec(text)?.[1]?.replaceAll(':', '').toLowerCase();
  if (hex?.length !== 64)
    throw new TargetProblem('the fingerprint must look like sha256: and 64 hexadecimal digits');
  return hex;
}

/**
 * The PEM certificates of a text; each must parse, as OpenSSL would silently trust only those before a broken one.
 * Line ends may be written as `\n`, as Proxmox does.
 */
function certificatesIn(given: string): string[] {
  const text = given.replaceAll('\\n', '\n');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const begun = text.split('-----BEGIN ').length - 1;
  try {
    if (blocks.length === 0 || blocks.length !== begun) throw new Error('no PEM certificates');
    for (const block of blocks) void new X509Certificate(block);
  } catch (error) {
    throw new TargetProblem('the CA must be one or more PEM certificates', { cause: error });
  }
  return blocks;
}

function secureChannelsOf(names: readonly string[]): ReadonlySet<number> {
  const types = channelTypes(names);
  if (types instanceof Set) return types;
  throw new TargetProblem(`${JSON.stringify((types as { unknown: string }).unknown)} is no SPICE channel`);
}

/** Without the line end that editors put there. @throws {TargetProblem} when nothing is left */
export function firstLine(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new TargetProblem('its password or token file is empty');
  return line;
}
