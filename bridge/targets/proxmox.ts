import { z } from 'zod';
import { BridgeError } from '../errors/bridge-error.ts';
import { fetchJson, FetchFailure } from './fetch-json.ts';
import { RenewingProvider } from './renewing-provider.ts';
import type { Target } from './target.ts';
import {
  firstLine,
  parseFingerprint,
  type ReadFile,
  TargetProblem,
  targetFromParts,
  trusting,
} from './target-parts.ts';
import type { TargetProvider } from './target-provider.ts';
import { readUriQuery } from './target-uri.ts';

/** Where a machine is in Proxmox VE's API, and what the bridge shows there. */
export interface ProxmoxUri {
  readonly host: string;
  readonly port: number;
  readonly node: string;
  readonly vmid: number;
  readonly tokenFile: string;
  readonly caFile: string | undefined;
  readonly fingerprint: string | undefined;
  readonly title: string | undefined;
}

/** Passwords and tickets live for 30 to 40 seconds at Proxmox; half of it for connecting. */
const LIFETIME = 15_000;
const TIMEOUT = 10_000;

/**
 * Reads `proxmox://HOST[:8006]/NODE/VMID?token-file=FILE[&ca=FILE][&fingerprint=sha256:HEX][&title=TEXT]`.
 * @throws {TargetProblem}
 */
export function parseProxmoxUri(uri: string): ProxmoxUri {
  const match =
    /^proxmox:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/([A-Za-z0-9][A-Za-z0-9.-]{0,62})\/(\d{1,9})(?:\?([^#]*))?$/.exec(
      uri,
    );
  const port = Number(match?.[2] ?? 8006);
  if (match === null || port < 1 || port > 65535) {
    throw new TargetProblem('expected proxmox://HOST:8006/NODE/VMID?token-file=FILE');
  }
  const [, host = '', , node = '', vmid = '', text = ''] = match;
  const query = readUriQuery(text, ['token-file', 'ca', 'fingerprint', 'title']);
  if (typeof query === 'string') throw new TargetProblem(query);
  const tokenFile = query.get('token-file');
  if (tokenFile === undefined)
    throw new TargetProblem('it needs token-file=FILE with USER@REALM!NAME=SECRET');
  const fingerprint = query.get('fingerprint');
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port,
    node,
    vmid: Number(vmid),
    tokenFile,
    caFile: query.get('ca'),
    fingerprint: fingerprint === undefined ? undefined : parseFingerprint(fingerprint),
    title: query.get('title'),
  };
}

const port = z.coerce.number().int().min(1).max(65535).optional();

/** What POST …/spiceproxy answers: the keys of a .vv file. */
const Answer = z.object({
  data: z.object({
    type: z.literal('spice'),
    host: z.string(),
    proxy: z.string(),
    password: z.string(),
    'tls-port': port,
    port,
    ca: z.string().optional(),
    'host-subject': z.string().optional(),
    'secure-channels': z.string().optional(),
    title: z.string().optional(),
  }),
});

/** A machine of Proxmox VE: for each session the bridge asks the API for a ticket of its spiceproxy. */
export function proxmoxProvider(name: string, uri: ProxmoxUri, read: ReadFile): TargetProvider {
  const token = firstLine(read(uri.tokenFile, 'the token file'));
  if (!/^[\x21-\x7e]+@[\x21-\x7e]+![\x21-\x7e]+=[\x21-\x7e]+$/.test(token)) {
    throw new TargetProblem('the token file must hold USER@REALM!NAME=SECRET');
  }
  const ca = uri.caFile === undefined ? undefined : read(uri.caFile, 'the CA file');
  const authority = uri.host.includes(':') ? `[${uri.host}]` : uri.host;
  const url = new URL(
    `https://${authority}:${uri.port}/api2/json/nodes/${uri.node}/qemu/${uri.vmid}/spiceproxy`,
  );
  const secureContext = trusting(ca);
  const ask = async (): Promise<Target> => {
    try {
      const answer = await fetchJson(url, {
        method: 'POST',
        headers: {
          Authorization: `PVEAPIToken=${token}`,
          'Content-Type': 'application/x-www-form-urlencoded',
        },
        // Else the answer names the node as the cluster calls it, which need not resolve here.
        body: new URLSearchParams({ proxy: uri.host }).toString(),
        timeout: TIMEOUT,
        secureContext,
        fingerprint: uri.fingerprint,
        verifyChain: uri.fingerprint === undefined || ca !== undefined,
      });
      return targetOf(name, uri, answer);
    } catch (error) {
      throw explain(error);
    }
  };
  return new RenewingProvider({ name, title: uri.title, kind: 'proxmox', ask, lifetime: LIFETIME });
}

function targetOf(name: string, uri: ProxmoxUri, answer: unknown): Target {
  const { data } = Answer.parse(answer);
  return targetFromParts(
    { name, kind: 'proxmox' },
    {
      host: data.host,
      port: data.port,
      tlsPort: data['tls-port'],
      ca: data.ca,
      hostSubject: data['host-subject'],
      secureChannels: (data['secure-channels'] ?? '').split(/[;,]/).filter((one) => one !== ''),
      proxy: data.proxy,
      password: data.password,
      title: uri.title ?? data.title,
    },
  );
}

function explain(error: unknown): BridgeError {
  const status = error instanceof FetchFailure ? error.status : undefined;
  const denied = status === 401 || status === 403;
  return new BridgeError(denied ? 'provider-denied' : 'provider-failed', undefined, { cause: error });
}
