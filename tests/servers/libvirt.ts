/** A libvirt of its own: the session daemon of an unprivileged user, with one machine of QEMU. */
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileAsync, makeDirectory, removeDirectory, startProcess, until } from './process.ts';

export interface LibvirtOptions {
  /** The machine's name. */
  readonly domain: string;
  readonly password?: string;
  /** SPICE on a Unix socket in place of a port. */
  readonly socket?: boolean;
}

export interface Libvirt {
  /** For `virsh -c`. */
  readonly uri: string;
  virsh(...args: string[]): Promise<string>;
  /** Stops the machine and starts it with another password, on another port perhaps. */
  restartMachine(password: string): Promise<void>;
  stop(): Promise<void>;
}

const NOBODY = 65534;

function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function domainXml({ domain, password, socket }: LibvirtOptions, dir: string): string {
  const listen = socket
    ? `<listen type='socket' socket='${join(dir, 'spice.sock')}'/>`
    : `<listen type='address' address='127.0.0.1'/>`;
  const passwd = password === undefined ? '' : ` passwd='${escapeXml(password)}'`;
  return `<domain type='qemu'>
  <name>${escapeXml(domain)}</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <graphics type='spice'${socket ? '' : " autoport='yes'"}${passwd}>${listen}</graphics>
    <video><model type='qxl'/></video>
  </devices>
</domain>
`;
}

export async function startLibvirt(options: LibvirtOptions): Promise<Libvirt> {
  const dir = makeDirectory('libvirt-');
  const root = process.getuid?.() === 0;
  const folders = ['run', 'config', 'cache', 'data'].map((name) => join(dir, name));
  for (const folder of folders) mkdirSync(folder, { mode: 0o700 });
  // The privileged daemon would need the system's folders and groups.
  if (root) for (const folder of [dir, ...folders]) chownSync(folder, NOBODY, NOBODY);
  const [run = '', config = '', cache = '', data = ''] = folders;
  const env = {
    PATH: `${process.env['PATH']}:/usr/sbin`,
    HOME: dir,
    XDG_RUNTIME_DIR: run,
    XDG_CONFIG_HOME: config,
    XDG_CACHE_HOME: cache,
    XDG_DATA_HOME: data,
  };
  const user = root ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  const daemon = startProcess('setpriv', [...user, 'libvirtd'], { env, cwd: dir });
  const uri = `qemu+unix:///session?socket=${join(run, 'libvirt', 'libvirt-sock')}`;
  const virsh = async (...args: string[]): Promise<string> =>
    (await execFileAsync('virsh', ['-c', uri, ...args], { env, timeout: 60_000 })).stdout;
  const xml = join(dir, 'domain.xml');
  const startMachine = async (machine: LibvirtOptions): Promise<void> => {
    writeFileSync(xml, domainXml(machine, dir));
    await virsh('create', xml);
  };
  const stop = async (): Promise<void> => {
    if (daemon.running) await virsh('destroy', options.domain).catch(() => {});
    await daemon.stop();
    removeDirectory(dir);
  };
  try {
    await until('libvirt', () => virsh('list').then(() => true), { owner: daemon });
    await startMachine(options);
    return {
      uri,
      virsh,
      stop,
      async restartMachine(password) {
        await virsh('destroy', options.domain);
        await startMachine({ ...options, password });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
