/** Which of the programs that the suites drive are on this machine. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CHROMIUM_PATH, FIREFOX_PATH, webkitPath } from '../browsers/paths.ts';

function onPath(name: string): boolean {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some(
    (directory) => directory !== '' && existsSync(join(directory, name)),
  );
}

/** Each need, and the files or commands that meet it. */
const needs = {
  chromium: [CHROMIUM_PATH],
  firefox: [FIREFOX_PATH],
  webkit: [webkitPath ?? 'MiniBrowser of WebKitGTK', 'WebKitWebDriver', 'Xvfb'],
  xspice: [
    '/usr/lib/xorg/modules/drivers/spiceqxl_drv.so',
    'setpriv',
    'Xorg',
    'openbox',
    'xset',
    'xprop',
    'xdotool',
    'import',
    'xterm',
    'xclip',
    'xev',
    'x11perf',
    'gtk3-demo',
    'gtk3-icon-browser',
    'spice-vdagentd',
  ],
  qemu: ['setpriv', 'qemu-system-x86_64'],
  libvirt: ['setpriv', 'qemu-system-x86_64', 'virsh', 'libvirtd'],
  vm: ['setpriv', 'qemu-system-x86_64', 'flock'],
  vmImage: ['mmdebstrap', 'mke2fs', 'qemu-img', 'chroot', 'apt-get'],
  websockify: ['setpriv', 'websockify'],
  spiceHtml5: ['/usr/share/spice-html5/spice_auto.html'],
  openssl: ['openssl'],
  redis: ['setpriv', 'redis-server'],
  haproxy: ['setpriv', 'haproxy'],
  nginx: ['setpriv', 'nginx'],
  gstreamer: ['gst-launch-1.0'],
} as const;

export type Need = keyof typeof needs;

/** What is missing of the given needs; empty when all is there. */
export function missingPrograms(...wanted: Need[]): string[] {
  const all: readonly string[] = wanted.flatMap((need) => needs[need]);
  return all.filter((what) => !(what.startsWith('/') ? existsSync(what) : onPath(what)));
}

/** On a continuous integration machine a missing program is a failure, elsewhere a skipped suite. */
export const isCi = process.env['CI'] === 'true';
