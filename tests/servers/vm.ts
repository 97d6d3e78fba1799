/** A Debian desktop in QEMU: X with openbox and an xterm, spice-vdagent, sound. Resumed from a saved state. */
import { copyFileSync, constants, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connectGuestAgent, type GuestAgent, type GuestResult } from './guest-agent.ts';
import { pixelsOfPng, type Pixels } from './pixels.ts';
import { freePort, probeLink } from './ports.ts';
import { makeDirectory, removeDirectory, sleep, startProcess, until, type Running } from './process.ts';
import { connectQmp, type Qmp } from './qmp.ts';
import { machineArguments, type Snapshot } from './vm-machine.ts';
import type { ImageCompression } from './xspice.ts';

/** None of these is part of a saved state. */
export interface VmOptions {
  /** Default `one`. */
  snapshot?: Snapshot;
  compression?: ImageCompression;
  /** Default `on`: Opus. */
  playbackCompression?: 'on' | 'off';
  /** Default `off`. */
  streamingVideo?: 'off' | 'all' | 'filter';
  /** With a password the server asks for a ticket (set through QMP). */
  password?: string;
  /** Directory with ca-cert.pem, server-cert.pem and server-key.pem (see `createPki`): opens a TLS port too. */
  x509Dir?: string;
  /** More options of `-spice`. */
  spiceOptions?: readonly string[];
}

export interface Vm {
  /** Of QEMU, in which the SPICE server and the guest run. */
  readonly pid: number;
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly dir: string;
  readonly qmp: Qmp;
  /** Runs a shell script in the guest, on its X display and as root, to its end, whatever that is. */
  run(script: string, input?: Uint8Array): Promise<GuestResult>;
  /** As `run`, but gives stdout, and throws with stderr when the script fails. */
  exec(script: string, input?: Uint8Array): Promise<string>;
  /** Starts a shell script in the guest and leaves it running. */
  spawn(script: string): Promise<void>;
  readFile(path: string): Promise<Buffer>;
  writeFile(path: string, content: Uint8Array): Promise<void>;
  /** What a display device shows, without the cursor: `q0`, or `q1` of snapshot `two`. */
  screendump(device?: 'q0' | 'q1'): Promise<Pixels>;
  stop(): Promise<void>;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Copies the saved disk out of the directory of an image (see tests/vm/lib/image.ts) and resumes it. */
export async function startVm(image: string, options: VmOptions = {}): Promise<Vm> {
  const { snapshot = 'one', password, x509Dir } = options;
  const dir = makeDirectory('vm-');
  // A state is saved in a disk itself, not in an overlay of it: each machine has its copy. The disk names its
  // backing file relative to itself.
  const disk = join(dir, 'disk.qcow2');
  copyFileSync(join(image, `${snapshot}.qcow2`), disk, constants.COPYFILE_FICLONE);
  symlinkSync(join(image, 'guest.raw'), join(dir, 'guest.raw'));
  const port = await freePort();
  const tlsPort = x509Dir === undefined ? undefined : await freePort();
  const spice = [
    `port=${port},addr=127.0.0.1`,
    `image-compression=${options.compression ?? 'auto_glz'}`,
    `playback-compression=${options.playbackCompression ?? 'on'}`,
    `streaming-video=${options.streamingVideo ?? 'off'}`,
    ...(password === undefined ? ['disable-ticketing=on'] : []),
    ...(tlsPort === undefined ? [] : [`tls-port=${tlsPort},x509-dir=${x509Dir}`]),
    ...(options.spiceOptions ?? []),
  ].join(',');
  const vm = await launchVm({ snapshot, image, disk, dir, spice, resume: true }, port, tlsPort);
  if (password !== undefined) await vm.qmp.execute('set_password', { protocol: 'spice', password });
  return vm;
}

/** Starts QEMU and waits until the guest answers; `dir` goes with it. */
export async function launchVm(
  machine: Parameters<typeof machineArguments>[0],
  port: number,
  tlsPort?: number,
): Promise<Vm> {
  const { dir } = machine;
  let child: Running | undefined;
  let qmp: Qmp | undefined;
  let agent: GuestAgent | undefined;
  const stop = async () => {
    if (qmp && child?.running) await Promise.race([qmp.execute('quit').catch(() => {}), sleep(2000)]);
    agent?.close();
    qmp?.close();
    await child?.stop();
    removeDirectory(dir);
  };
  try {
    child = startProcess('qemu-system-x86_64', machineArguments(machine), { cwd: dir });
    const owner = child;
    qmp = await until('the QMP socket', () => connectQmp(join(dir, 'qmp')), { owner, timeout: 60_000 });
    const monitor = qmp;
    await until('a SPICE link reply', async () => (await probeLink(port)) >= 0, { owner, timeout: 60_000 });
    agent = await until('the guest agent', () => connectGuestAgent(join(dir, 'qga')), {
      owner,
      timeout: 600_000,
    });
    const { run } = agent;
    const output = async (script: string, input?: Uint8Array): Promise<Buffer> => {
      const { code, stdout, stderr } = await run(script, input);
      if (code !== 0) throw new Error(`in the guest, exit code ${code}: ${script}\n${stderr}`);
      return stdout;
    };
    return {
      pid: owner.pid,
      port,
      tlsPort,
      dir,
      qmp: monitor,
      run,
      exec: async (script, input) => (await output(script, input)).toString(),
      // A child that holds stdout would keep guest-exec from ever reporting an end.
      spawn: async (script) => {
        await output(`setsid sh -c ${quote(script)} >/dev/null 2>&1 </dev/null &`);
      },
      readFile: (path) => output(`cat -- ${quote(path)}`),
      writeFile: async (path, content) => {
        await output(`cat > ${quote(path)}`, content);
      },
      async screendump(device = 'q0') {
        const filename = join(dir, `${device}.png`);
        await monitor.execute('screendump', { filename, format: 'png', device });
        return pixelsOfPng(readFileSync(filename));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
