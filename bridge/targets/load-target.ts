import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { parseVvFile, VvFileError } from '@spice-viewer/shared-protocol/vv/vv-file.ts';
import { BridgeError } from '../config/bridge-error.ts';
import type { TargetSpec } from '../config/options.ts';
import { channelTypes } from './channel-names.ts';
import { parseHostSubject } from './host-subject.ts';
import type { SecureEndpoint, Target } from './target.ts';
import { isHost, parseTargetUri, type TargetUri } from './target-uri.ts';

/**
 * Turns what the operator wrote into a target, reading the certificate and .vv files that it names.
 * `demo:` is not handled here but by `demo-target.ts`, as it starts a server.
 * @throws {BridgeError} `bad-target`, naming the target and the reason
 */
export function loadTarget(spec: TargetSpec): Target {
  try {
    return /^[a-z][a-z0-9+.-]*:/i.test(spec.uri) ? fromUri(spec) : fromVvFile(spec);
  } catch (error) {
    if (!(error instanceof TargetProblem)) throw error;
    throw new BridgeError('bad-target', `The target ${spec.name}: ${error.message}.`, {
      cause: error.cause ?? error,
    });
  }
}

/** Half a sentence about what is wrong; becomes a BridgeError with the target's name in front. */
class TargetProblem extends Error {}

function fromUri(spec: TargetSpec): Target {
  const uri = parseTargetUri(spec.uri);
  if (typeof uri === 'string') throw new TargetProblem(uri);
  const ca =
    uri.caFile === undefined ? undefined : readText(resolve(spec.baseDir ?? '', uri.caFile), 'the CA file');
  return {
    name: spec.name,
    title: uri.title,
    kind: uri.scheme,
    plain: plainOf(uri, spec.baseDir ?? ''),
    secure: secureOf(uri.host, uri.tlsPort, ca, uri.hostSubject),
    secureChannels: secureChannelsOf(uri.secureChannels),
    password: undefined,
  };
}

function plainOf(uri: TargetUri, baseDir: string): Target['plain'] {
  if (uri.socketPath !== undefined) return { path: resolve(baseDir, uri.socketPath) };
  return uri.port === undefined ? undefined : { host: uri.host, port: uri.port };
}

function fromVvFile(spec: TargetSpec): Target {
  if (!spec.uri.endsWith('.vv')) {
    throw new TargetProblem(
      'expected spice://, spice+tls://, spice+unix://, demo: or a file that ends in .vv',
    );
  }
  const text = readText(resolve(spec.baseDir ?? '', spec.uri), 'the .vv file');
  let file: ReturnType<typeof parseVvFile>;
  try {
    file = parseVvFile(text);
  } catch (error) {
    if (error instanceof VvFileError)
      throw new TargetProblem(`the .vv file: ${error.message}`, { cause: error });
    throw error;
  }
  if (file.type !== 'spice') throw new TargetProblem('the .vv file must have type=spice');
  if (file.proxy !== undefined)
    throw new TargetProblem('the .vv file asks for a proxy, which is not supported');
  if (file.host === undefined) throw new TargetProblem('the .vv file names no host');
  if (file.port === undefined && file.tlsPort === undefined) {
    throw new TargetProblem('the .vv file names neither port nor tls-port');
  }
  const host = file.host.replace(/^\[(.*)\]$/, '$1');
  if (!isHost(host)) throw new TargetProblem('the host of the .vv file is neither a name nor an address');
  return {
    name: spec.name,
    title: file.title,
    kind: 'vv',
    plain: file.port === undefined ? undefined : { host, port: file.port },
    secure: secureOf(host, file.tlsPort, file.ca, file.hostSubject),
    secureChannels: secureChannelsOf(file.secureChannels),
    password: file.password,
  };
}

function secureOf(
  host: string,
  port: number | undefined,
  ca: string | undefined,
  subject: string | undefined,
): SecureEndpoint | undefined {
  if (port === undefined) return undefined;
  const hostSubject = subject === undefined ? undefined : parseHostSubject(subject);
  if (subject !== undefined && hostSubject === undefined) {
    throw new TargetProblem('the host subject must look like C=US,O=Lab,CN=spice.lab');
  }
  const secureContext = createSecureContext(ca === undefined ? {} : { ca: certificatesIn(ca) });
  return { host, port, secureContext, hostSubject };
}

/** The PEM certificates of a text; each must parse, as OpenSSL would silently trust only those before a broken one. */
function certificatesIn(text: string): string[] {
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

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TargetProblem(`${what} ${path} ${missing ? 'does not exist' : 'cannot be read'}`, {
      cause: error,
    });
  }
}
