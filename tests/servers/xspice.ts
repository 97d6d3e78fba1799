/** Xspice: an X server that is a SPICE server itself (Xorg with the spiceqxl driver). Starts in two seconds. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pixelsOfPpm, type Pixels } from './pixels.ts';
import type { Pki } from './pki.ts';
import { freePort, probeLink } from './ports.ts';
import {
  execFileAsync,
  makeDirectory,
  removeDirectory,
  startProcess,
  until,
  type Running,
} from './process.ts';

export type ImageCompression = 'off' | 'auto_glz' | 'auto_lz' | 'quic' | 'glz' | 'lz';

export interface XspiceOptions {
  width?: number;
  height?: number;
  /** With a password the server asks for a ticket. */
  password?: string;
  /** Opens a TLS port beside the plain one. */
  tls?: Pki;
  compression?: ImageCompression;
  jpegWan?: 'auto' | 'never' | 'always';
  zlibGlzWan?: 'auto' | 'never' | 'always';
  /** Default off, so that pixels are exact. */
  streaming?: 'off' | 'filter' | 'all';
  /** An ordered list such as `gstreamer:vp8;spice:mjpeg`. */
  videoCodecs?: string;
  /** Number of outputs qxl-0 … qxl-(n-1). Default 1. */
  heads?: number;
  /**
   * Runs spice-vdagentd and spice-vdagent: client mouse mode, clipboard, files, resize. With `socket` there is
   * only the agent's socket, for one of the test's own.
   */
  agent?: boolean | 'socket';
  /** Whether the agent has a folder for files that arrive. Default true. */
  saveFiles?: boolean;
  /** Runs the window manager. Default true. */
  openbox?: boolean;
  /** Directory in which FIFOs with s16le stereo sound may be made while a client is connected. */
  playbackFifo?: boolean;
}

export interface Xspice {
  /** Of Xorg, in which the SPICE server runs. */
  readonly pid: number;
  readonly port: number;
  readonly tlsPort: number | undefined;
  /** `:N` */
  readonly display: string;
  /** The server's own directory: HOME of its programs is `home` in it, files that arrive are in `downloads`. */
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Starts those of spice-vdagentd and spice-vdagent that do not run; with `agent: true` both do. */
  startAgent(): Promise<void>;
  /** Kills spice-vdagent, the part in the user's session; spice-vdagentd then closes its port. */
  killAgent(): Promise<void>;
  /** Ends both. */
  stopAgent(): Promise<void>;
  /** Runs a program on the display to its end and gives its stdout. */
  exec(command: string, ...args: string[]): Promise<string>;
  /** Starts a program on the display; it ends with the server at the latest. */
  spawn(command: string, ...args: string[]): Running;
  /** What the root window shows, without the cursor. */
  screenshot(): Promise<Pixels>;
  stop(): Promise<void>;
}

interface Ports {
  port: number;
  tlsPort: number | undefined;
}

function xorgConf(options: XspiceOptions, { port, tlsPort }: Ports, dir: string): string {
  const device: [string, string | number | undefined][] = [
    ['SpicePort', port],
    ['SpiceAddr', '127.0.0.1'],
    ['SpiceDisableTicketing', options.password === undefined ? 'True' : 'False'],
    ['SpicePassword', options.password],
    ['SpiceTlsPort', tlsPort],
    ['SpiceCacertFile', options.tls?.caCert],
    ['SpiceX509KeyFile', options.tls?.serverKey],
    ['SpiceX509CertFile', options.tls?.serverCert],
    ['SpiceImageCompression', options.compression ?? 'auto_glz'],
    ['SpiceJpegWanCompression', options.jpegWan ?? 'never'],
    ['SpiceZlibGlzWanCompression', options.zlibGlzWan ?? 'never'],
    ['SpiceStreamingVideo', options.streaming ?? 'off'],
    ['SpiceVideoCodecs', options.videoCodecs],
    ['SpicePlaybackFIFODir', options.playbackFifo ? join(dir, 'fifo') : undefined],
    ['NumHeads', options.heads ?? 1],
    ['SurfaceBufferSize', 128],
    ['CommandBufferSize', 128],
    ['FrameBufferSize', 32],
  ];
  if (options.agent) {
    device.push(['SpiceVdagentEnabled', 'True'], ['SpiceAgentMouse', 'True']);
    device.push(
      ['SpiceVdagentVirtioPath', join(dir, 'virtio')],
      ['SpiceVdagentUinputPath', join(dir, 'uinput')],
    );
  }
  const size = `${options.width ?? 1024}x${options.height ?? 768}`;
  return `Section "Device"
  Identifier "XSPICE"
  Driver "spiceqxl"
${device
  .filter(([, value]) => value !== undefined)
  .map(([name, value]) => `  Option "${name}" "${value}"`)
  .join('\n')}
EndSection
Section "InputDevice"
  Identifier "P"
  Driver "xspice pointer"
  Option "CorePointer" "True"
EndSection
Section "InputDevice"
  Identifier "K"
  Driver "xspice keyboard"
  Option "CoreKeyboard" "True"
EndSection
Section "Monitor"
  Identifier "M"
EndSection
Section "Screen"
  Identifier "S"
  Monitor "M"
  Device "XSPICE"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "${size}"
  EndSubSection
EndSection
Section "ServerLayout"
  Identifier "L"
  Screen "S"
  InputDevice "K"
  InputDevice "P"
EndSection
Section "ServerFlags"
  Option "AutoAddDevices" "False"
  Option "BlankTime" "0"
  Option "StandbyTime" "0"
  Option "SuspendTime" "0"
  Option "OffTime" "0"
EndSection
`;
}

/** A private HOME in which GTK programs draw nothing by themselves. */
function writeHome(dir: string, display: string): NodeJS.ProcessEnv {
  const home = join(dir, 'home');
  const gtk = join(home, '.config', 'gtk-3.0');
  mkdirSync(gtk, { recursive: true });
  writeFileSync(
    join(gtk, 'settings.ini'),
    '[Settings]\ngtk-cursor-blink=0\ngtk-enable-animations=0\ngtk-theme-name=Adwaita\n',
  );
  return {
    PATH: `${process.env['PATH']}:/usr/sbin`, // spice-vdagentd
    LANG: 'C.UTF-8',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_RUNTIME_DIR: home,
    DISPLAY: display,
    // Xspice draws two-coloured X cursors into the picture itself; themed ones are the SPICE client's to draw.
    XCURSOR_THEME: 'Adwaita',
    XCURSOR_SIZE: '24',
    GDK_BACKEND: 'x11',
    GSETTINGS_BACKEND: 'memory',
    GTK_OVERLAY_SCROLLING: '0',
    NO_AT_BRIDGE: '1',
    // Without an address GTK programs would start a bus daemon that outlives them.
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
  };
}

export async function startXspice(options: XspiceOptions = {}): Promise<Xspice> {
  const dir = makeDirectory('xspice-');
  const running: Running[] = [];
  const stop = async () => {
    for (const child of running.splice(0).toReversed()) await child.stop();
    removeDirectory(dir);
  };
  try {
    return await start(options, dir, running, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: XspiceOptions,
  dir: string,
  running: Running[],
  stop: () => Promise<void>,
): Promise<Xspice> {
  const ports: Ports = { port: await freePort(), tlsPort: options.tls && (await freePort()) };
  for (const name of ['fifo', 'downloads', 'home']) mkdirSync(join(dir, name));
  const conf = join(dir, 'xorg.conf');
  writeFileSync(conf, xorgConf(options, ports, dir));
  // SECURITY: -ac lets any local user draw on this display, which shows nothing but test pictures.
  const args = ['-noreset', '-ac', '-nolisten', 'tcp', '-config', conf, '-logfile', join(dir, 'xorg.log')];
  const xorg = startProcess('Xorg', [...args, '-displayfd', '3'], { cwd: dir, extraPipe: true });
  running.push(xorg);
  const number = await until('a display number from Xorg', () => /^(\d+)\n/.exec(xorg.pipe())?.[1], {
    owner: xorg,
  });
  const display = `:${number}`;
  const env = writeHome(dir, display);

  const exec = async (command: string, ...rest: string[]) => {
    const { stdout } = await execFileAsync(command, rest, {
      env,
      cwd: dir,
      timeout: 60_000,
      maxBuffer: 2 ** 26,
    });
    return stdout;
  };
  const spawn = (command: string, ...rest: string[]) => {
    const child = startProcess(command, rest, { env, cwd: dir });
    running.push(child);
    return child;
  };

  await until('the X display', () => exec('xset', 'q'), { owner: xorg });
  await until('a SPICE link reply', async () => (await probeLink(ports.port)) >= 0, { owner: xorg });
  await exec('xset', 's', 'off');
  await exec('xsetroot', '-cursor_name', 'left_ptr');
  const agent: Running[] = [];
  const startAgent = async () => {
    const at = (name: string) => join(dir, name);
    const common = ['-s', at('virtio'), '-S', at('agent.sock')];
    if (agent.length === 0) {
      rmSync(at('agent.sock'), { force: true });
      const daemon = spawn('spice-vdagentd', '-f', '-x', '-X', ...common, '-u', at('uinput'));
      await until('the vdagentd socket', () => exec('test', '-S', at('agent.sock')).then(() => true), {
        owner: daemon,
      });
      agent.push(daemon);
    }
    const save = options.saveFiles === false ? [] : [`--file-xfer-save-dir=${at('downloads')}`];
    agent.push(spawn('spice-vdagent', '-x', ...common, ...save, '--file-xfer-open-dir=0'));
  };
  if (options.agent === true) await startAgent();
  if (options.openbox ?? true) {
    const manager = spawn('openbox', '--sm-disable');
    await until(
      'openbox',
      async () => (await exec('xprop', '-root', '_NET_SUPPORTING_WM_CHECK')).includes('window id'),
      { owner: manager },
    );
  }

  return {
    ...ports,
    pid: xorg.pid,
    display,
    dir,
    env,
    exec,
    spawn,
    startAgent,
    async killAgent() {
      const [killed] = agent.splice(-1);
      if (killed !== undefined) process.kill(-killed.pid, 'SIGKILL');
      await killed?.exited;
    },
    async stopAgent() {
      for (const one of agent.splice(0).toReversed()) await one.stop();
    },
    stop,
    async screenshot() {
      const { stdout } = await execFileAsync('import', ['-window', 'root', '-depth', '8', 'ppm:-'], {
        env,
        encoding: 'buffer',
        maxBuffer: 2 ** 28,
        timeout: 60_000,
      });
      return pixelsOfPpm(stdout);
    },
  };
}
