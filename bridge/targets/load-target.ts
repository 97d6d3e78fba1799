import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseVvFile, type VvFile, VvFileError } from '@spice-viewer/shared-protocol/vv/vv-file.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import type { TargetSpec } from '../config/options.ts';
import { libvirtProvider, parseLibvirtUri } from './libvirt.ts';
import { parseProxmoxUri, proxmoxProvider } from './proxmox.ts';
import type { Target } from './target.ts';
import { firstLine, type ReadFile, TargetProblem, targetFromParts } from './target-parts.ts';
import { staticTarget, type TargetProvider } from './target-provider.ts';
import { parseTargetUri } from './target-uri.ts';

/**
 * Turns what the operator wrote into a target, reading the certificate, password and .vv files that it names.
 * `demo:` is not handled here but by `demo-target.ts`, as it starts a server.
 * @throws {BridgeError} `bad-target`, naming the target and the reason
 */
export function loadTarget(spec: TargetSpec): TargetProvider {
  try {
    return load(spec);
  } catch (error) {
    if (!(error instanceof TargetProblem)) throw error;
    throw new BridgeError('bad-target', `The target ${spec.name}: ${error.message}.`, {
      cause: error.cause ?? error,
    });
  }
}

function load(spec: TargetSpec): TargetProvider {
  const { name, uri } = spec;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1];
  const read = (file: string, what: string): string => readText(resolve(spec.baseDir ?? '', file), what);
  if (scheme === 'libvirt') return libvirtProvider(name, parseLibvirtUri(uri), read);
  if (scheme === 'proxmox') return proxmoxProvider(name, parseProxmoxUri(uri), read);
  return staticTarget(scheme === undefined ? fromVvFile(spec, read) : fromUri(spec, read));
}

function fromUri({ name, uri: text, baseDir = '' }: TargetSpec, read: ReadFile): Target {
  const uri = parseTargetUri(text);
  if (typeof uri === 'string') throw new TargetProblem(uri);
  return targetFromParts(
    { name, kind: uri.scheme },
    {
      ...uri,
      socketPath: uri.socketPath === undefined ? undefined : resolve(baseDir, uri.socketPath),
      ca: uri.caFile === undefined ? undefined : read(uri.caFile, 'the CA file'),
      password:
        uri.passwordFile === undefined ? undefined : firstLine(read(uri.passwordFile, 'the password file')),
    },
  );
}

function fromVvFile({ name, uri }: TargetSpec, read: ReadFile): Target {
  if (!uri.endsWith('.vv')) {
    throw new TargetProblem(
      'expected spice://, spice+tls://, spice+unix://, libvirt:, proxmox://, demo: or a file that ends in .vv',
    );
  }
  const text = read(uri, 'the .vv file');
  let file: VvFile;
  try {
    file = parseVvFile(text);
  } catch (error) {
    if (error instanceof VvFileError)
      throw new TargetProblem(`the .vv file: ${error.message}`, { cause: error });
    throw error;
  }
  if (file.type !== 'spice') throw new TargetProblem('the .vv file must have type=spice');
  return targetFromParts({ name, kind: 'vv' }, file);
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
