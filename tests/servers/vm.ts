/** A Debian desktop in QEMU: X with openbox and an xterm, spice-vdagent, sound. Resumed from a saved state. */
import { copyFileSync, constants, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connectGuestAgent, type GuestAgent } from './guest-agent.ts';
import { pixelsOfPng, type Pixels } from './pixels.ts';
import { freePort, probeLink } from './ports.ts';
import { makeDirectory, removeDirectory, sleep, startProcess, until, type Running } from './process.ts';
import { connectQmp, type Qmp } from './qmp.ts';
import { machineArguments, type Snapshot } from './vm-machine.ts';
import type { ImageCompression } from './xspice.ts';

export interface VmOptions {
  /** Default `one`. */
  snapshot?: Snapshot;
  compression?: ImageCompression;
  /** More options of `-spice`; none of them is part of a saved state. */
  spiceOptions?: readonly string[];
}

export interface Vm {
  readonly port: number;
  readonly dir: string;
  readonly qmp: Qmp;
  /** Runs a shell script in the guest, on its X display, to its end and gives its stdout. */
  exec(script: string): Promise<string>;
  /** Starts a shell script in the guest and leaves it running. */
  spawn(script: string): Promise<void>;
  /** What a display device shows, without the cursor: `q0`, or `q1` of snapshot `two`. */
  screendump(device?: 'q0' | 'q1'): Promise<Pixels>;
  stop(): Promise<void>;
}

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Copies the saved disk out of the directory of an image (see tests/vm/lib/image.ts) and resumes it. */
export async function startVm(image: string, options: VmOptions = {}): Promise<Vm> {
  const { snapshot = 'one', compression = 'auto_glz', spiceOptions = [] } = options;
  const dir = makeDirectory('vm-');
  // A state is saved in a disk itself, not in an overlay of it: each machine has its copy. The disk names its
  // backing file relative to itself.
  const disk = join(dir, 'disk.qcow2');
  copyFileSync(join(image, `${snapshot}.qcow2`), disk, constants.COPYFILE_FICLONE);
  symlinkSync(join(image, 'guest.qcow2'), join(dir, 'guest.qcow2'));
  const port = await freePort();
  const spice = [
    `port=${port},addr=127.0.0.1,disable-ticketing=on,image-compression=${compression}`,
    ...spiceOptions,
  ].join(',');
  return launchVm({ snapshot, image, disk, dir, spice, resume: true }, port);
}

/** Starts QEMU and waits until the guest answers; `dir` goes with it. */
export async function launchVm(machine: Parameters<typeof machineArguments>[0], port: number): Promise<Vm> {
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
    const guest = agent;
    return {
      port,
      dir,
      qmp: monitor,
      exec: (script) => guest.exec(script),
      // A child that holds stdout would keep guest-exec from ever reporting an end.
      spawn: async (script) => {
        await guest.exec(`setsid sh -c ${quote(script)} >/dev/null 2>&1 </dev/null &`);
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
