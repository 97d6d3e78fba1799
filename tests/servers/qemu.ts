/** QEMU without a guest operating system: SeaBIOS, its boot menu, and a boot sector that echoes keys. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootDisk, type BootGuest } from './boot-sector.ts';
import { pixelsOfPng, type Pixels } from './pixels.ts';
import { freePort, probeLink } from './ports.ts';
import { makeDirectory, removeDirectory, sleep, startProcess, until, type Running } from './process.ts';
import { connectQmp, type Qmp } from './qmp.ts';
import type { ImageCompression } from './xspice.ts';

export interface QemuOptions {
  vga?: 'qxl' | 'std';
  compression?: ImageCompression;
  /** With a password the server asks for a ticket (set through QMP). */
  password?: string;
  /** Directory with ca-cert.pem, server-cert.pem and server-key.pem (see `createPki`): opens a TLS port too. */
  x509Dir?: string;
  /** More options of `-spice`. */
  spice?: readonly string[];
  /** A USB tablet: client mouse mode without an agent. */
  tablet?: boolean;
  /** Milliseconds for which SeaBIOS offers its boot menu; 0 boots at once. Default 60000 (still content). */
  bootMenu?: number;
  /** What boots after the menu. Default `echo`. */
  guest?: BootGuest;
  /** More arguments for QEMU. */
  args?: readonly string[];
}

export interface Qemu {
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly dir: string;
  readonly qmp: Qmp;
  /** What the guest has written to its debug console (port e9h). */
  debugConsole(): Buffer;
  /**
   * Presses keys together, by QEMU's names (`esc`, `ret`, `a`, `shift`, …). QEMU keeps the order of all keys, those of
   * SPICE too, and presses them one by one.
   */
  sendKey(...keys: string[]): Promise<void>;
  /** What the guest's display shows, without the cursor. */
  screenshot(): Promise<Pixels>;
  stop(): Promise<void>;
}

export async function startQemu(options: QemuOptions = {}): Promise<Qemu> {
  const dir = makeDirectory('qemu-');
  let child: Running | undefined;
  let qmp: Qmp | undefined;
  const stop = async () => {
    if (qmp && child?.running) await Promise.race([qmp.execute('quit').catch(() => {}), sleep(500)]);
    qmp?.close();
    await child?.stop();
    removeDirectory(dir);
  };
  try {
    const port = await freePort();
    const tlsPort = options.x509Dir === undefined ? undefined : await freePort();
    child = startProcess('qemu-system-x86_64', commandLine(options, dir, port, tlsPort), { cwd: dir });
    qmp = await until('the QMP socket', () => connectQmp(join(dir, 'qmp')), { owner: child });
    const monitor = qmp;
    if (options.password !== undefined) {
      await monitor.execute('set_password', { protocol: 'spice', password: options.password });
    }
    await until('a SPICE link reply', async () => (await probeLink(port)) >= 0, { owner: child });
    return {
      port,
      tlsPort,
      dir,
      qmp: monitor,
      stop,
      debugConsole: () => readFileSync(join(dir, 'debugcon')),
      async sendKey(...keys) {
        await monitor.execute('send-key', {
          keys: keys.map((data) => ({ type: 'qcode', data })),
          // No longer than a guest needs to see it.
          'hold-time': 10,
        });
      },
      async screenshot() {
        const filename = join(dir, 'screen.png');
        await monitor.execute('screendump', { filename, format: 'png' });
        return pixelsOfPng(readFileSync(filename));
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function commandLine(options: QemuOptions, dir: string, port: number, tlsPort: number | undefined): string[] {
  writeFileSync(join(dir, 'boot.img'), bootDisk(options.guest ?? 'echo'));
  const vga =
    options.vga === 'std' ? 'VGA' : 'qxl-vga,vgamem_mb=64,ram_size_mb=128,vram_size_mb=128,max_outputs=1';
  const spice = [
    `port=${port}`,
    'addr=127.0.0.1',
    `image-compression=${options.compression ?? 'auto_glz'}`,
    ...(options.password === undefined ? ['disable-ticketing=on'] : []),
    ...(tlsPort === undefined ? [] : [`tls-port=${tlsPort}`, `x509-dir=${options.x509Dir}`]),
    ...(options.spice ?? []),
  ];
  const wait = options.bootMenu ?? 60_000;
  return [
    ...'-machine pc -accel tcg -m 64 -nodefaults -no-user-config -display none -vga none'.split(' '),
    '-device',
    vga,
    '-spice',
    spice.join(','),
    '-drive',
    'file=boot.img,format=raw,if=ide,snapshot=on',
    '-boot',
    wait > 0 ? `menu=on,splash-time=${wait}` : 'menu=off',
    ...(options.tablet ? ['-usb', '-device', 'usb-tablet'] : []),
    '-chardev',
    'file,id=debug,path=debugcon',
    '-device',
    'isa-debugcon,iobase=0xe9,chardev=debug',
    '-qmp',
    `unix:${join(dir, 'qmp')},server=on,wait=off`,
    ...(options.args ?? []),
  ];
}
