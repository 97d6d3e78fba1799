import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BridgeError } from '../errors/bridge-error.ts';
import { RenewingProvider } from './renewing-provider.ts';
import type { Target } from './target.ts';
import { type ReadFile, TargetProblem, targetFromParts, type TargetParts } from './target-parts.ts';
import type { TargetProvider } from './target-provider.ts';
import { readUriQuery } from './target-uri.ts';

const execFileAsync = promisify(execFile);

/** A domain of libvirt and where libvirt is. */
export interface LibvirtUri {
  readonly domain: string;
  readonly connect: string;
  readonly caFile: string | undefined;
  readonly hostSubject: string | undefined;
  readonly fingerprint: string | undefined;
  readonly secureChannels: readonly string[];
  readonly title: string | undefined;
}

/** Long enough for the channels of a session that opens, short enough for a machine that moves. */
const LIFETIME = 5000;
const TIMEOUT = 10_000;

/**
 * Reads `libvirt:DOMAIN?connect=qemu:///system[&ca=FILE][&host-subject=…][&fingerprint=…][&secure-channels=…][&title=…]`.
 * @throws {TargetProblem}
 */
export function parseLibvirtUri(uri: string): LibvirtUri {
  const match = /^libvirt:([^?#]*)(?:\?([^#]*))?$/.exec(uri);
  const query = readUriQuery(match?.[2] ?? '', [
    'connect',
    'ca',
    'host-subject',
    'fingerprint',
    'secure-channels',
    'title',
  ]);
  if (typeof query === 'string') throw new TargetProblem(query);
  let domain: string;
  try {
    domain = decodeURIComponent(match?.[1] ?? '');
  } catch (error) {
    throw new TargetProblem('the domain has a broken percent-encoding', { cause: error });
  }
  if (!isArgument(domain)) throw new TargetProblem('expected libvirt:DOMAIN, without a leading dash');
  const connect = query.get('connect') ?? 'qemu:///system';
  if (!isArgument(connect))
    throw new TargetProblem('connect must be a connection URI such as qemu:///system');
  return {
    domain,
    connect,
    caFile: query.get('ca'),
    hostSubject: query.get('host-subject'),
    fingerprint: query.get('fingerprint'),
    secureChannels: (query.get('secure-channels') ?? '').split(/[,;]/).filter((one) => one !== ''),
    title: query.get('title'),
  };
}

/** What may be one argument of virsh and cannot be taken for an option. */
function isArgument(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  const hasControls = /[\u0000-\u001f\u007f]/.test(text);
  return text.length > 0 && text.length <= 255 && !text.startsWith('-') && !hasControls;
}

/** A machine by its name in libvirt, whose port and password may change each time it starts. */
export function libvirtProvider(name: string, uri: LibvirtUri, read: ReadFile): TargetProvider {
  const { title, hostSubject, fingerprint, secureChannels } = uri;
  const ca = uri.caFile === undefined ? undefined : read(uri.caFile, 'the CA file');
  const identity = { name, kind: 'libvirt' } as const;
  const options = { ca, hostSubject, secureChannels, title };
  // What is wrong in the URI is to show now and not when the first user comes.
  void targetFromParts(identity, { ...options, fingerprint, host: 'x', tlsPort: 1 });
  const ask = async (): Promise<Target> => {
    try {
      const parts = parseDisplay(await domainDisplay(uri));
      return targetFromParts(identity, {
        ...options,
        ...parts,
        fingerprint: parts.tlsPort === undefined ? undefined : fingerprint,
      });
    } catch (error) {
      throw explain(error);
    }
  };
  return new RenewingProvider({ name, title, kind: 'libvirt', ask, lifetime: LIFETIME });
}

async function domainDisplay({ connect, domain }: LibvirtUri): Promise<string> {
  const args = ['-c', connect, 'domdisplay', '--type', 'spice', '--include-password', '--domain', domain];
  const { stdout } = await execFileAsync('virsh', args, {
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024,
    env: virshEnvironment(),
    windowsHide: true,
  });
  return stdout.replace(/\s+$/, '');
}

/** What virsh, and ssh behind it, need to find their way. The bridge's own environment may hold its secrets. */
const PASSED =
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|SSH_AUTH_SOCK|XDG_(?:RUNTIME_DIR|CONFIG_HOME|CACHE_HOME)|LIBVIRT_\w+|KRB5\w+)$/;

function virshEnvironment(): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(([name]) => PASSED.test(name));
  return { ...Object.fromEntries(passed), LC_ALL: 'C' };
}

/**
 * Reads what virsh prints: `spice://HOST[:PORT][?tls-port=PORT]` or `spice+unix://PATH`, and `password=PASSWORD` last in
 * the query. The password is as it is, not percent-encoded: everything behind the first `password=` belongs to it.
 * @throws {TargetProblem}
 */
export function parseDisplay(text: string): TargetParts {
  const [place = '', password] = cut(text, /[?&]password=/);
  const socketPath = /^spice\+unix:\/\/(\/[^\0\n]+)$/.exec(place)?.[1];
  if (socketPath !== undefined) return { socketPath, password };
  const match = /^spice:\/\/(\[[^\]]+\]|[^:@?[\]\n]+)(?::(\d{1,5}))?(?:\?tls-port=(\d{1,5}))?$/.exec(place);
  if (match === null) throw new TargetProblem('virsh named no SPICE display');
  const [, host = '', port, tlsPort] = match;
  const number = (digits: string | undefined): number | undefined =>
    digits === undefined ? undefined : Number(digits);
  return { host, port: number(port), tlsPort: number(tlsPort), password };
}

function cut(text: string, at: RegExp): [string, string | undefined] {
  const match = at.exec(text);
  return match === null
    ? [text, undefined]
    : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

/** virsh's own words may hold addresses: they stay in `cause`, for the log. */
function explain(error: unknown): BridgeError {
  const { code } = error as NodeJS.ErrnoException;
  const missing = code === 'ENOENT';
  return new BridgeError(missing ? 'provider-missing' : 'provider-failed', undefined, { cause: error });
}
