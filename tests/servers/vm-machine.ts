/** The virtual hardware of the Debian guest. A saved state can be resumed only on the very machine that saved it. */
import { join } from 'node:path';

/** Which saved state: one QXL device with up to four heads, or two QXL devices; both have sound and USB. */
export type Snapshot = 'one' | 'two';
export const snapshots: readonly Snapshot[] = ['one', 'two'];

/** The name of the state in each disk. */
export const STATE_NAME = 'ready';

const MEMORY = 'vgamem_mb=64,ram_size_mb=128,vram_size_mb=128';
const displays: Record<Snapshot, readonly string[]> = {
  one: [`qxl-vga,${MEMORY},max_outputs=4,id=q0`],
  two: [`qxl-vga,${MEMORY},max_outputs=1,id=q0`, `qxl,${MEMORY},max_outputs=1,id=q1`],
};

export interface Machine {
  snapshot: Snapshot;
  /** Directory with `vmlinuz` and `initrd.img`. */
  image: string;
  /** The disk; it is written to. */
  disk: string;
  /** Where the sockets `qmp` and `qga` are made. */
  dir: string;
  /** The value of `-spice`. */
  spice: string;
  resume: boolean;
}

/** The arguments for QEMU. Devices must not depend on anything but the snapshot. */
export function machineArguments({ snapshot, image, disk, dir, spice, resume }: Machine): string[] {
  const devices = [
    'virtio-rng-pci',
    'virtio-net-pci,netdev=net',
    ...displays[snapshot],
    'virtio-serial-pci,id=serial',
    'virtserialport,bus=serial.0,chardev=vdagent,name=com.redhat.spice.0',
    'virtserialport,bus=serial.0,chardev=qga,name=org.qemu.guest_agent.0',
    'ich9-intel-hda',
    'hda-duplex,audiodev=sound',
    'qemu-xhci,id=xhci',
  ];
  const options: [name: string, value: string][] = [
    ['machine', 'q35'],
    // KVM may be there and yet be useless (nested): only TCG runs everywhere.
    ['accel', 'tcg,thread=multi'],
    ['cpu', 'max'],
    ['smp', '2'],
    ['m', '1024'],
    ['vga', 'none'],
    ['display', 'none'],
    ['serial', 'file:serial.log'],
    ['netdev', 'user,id=net'],
    ['audiodev', 'spice,id=sound'],
    ['kernel', join(image, 'vmlinuz')],
    ['initrd', join(image, 'initrd.img')],
    ['append', 'root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 mitigations=off'],
    // What is written is worth nothing after the test.
    ['drive', `file=${disk},if=virtio,cache=unsafe`],
    ['chardev', 'spicevmc,id=vdagent,name=vdagent'],
    ['chardev', `socket,id=qga,path=${join(dir, 'qga')},server=on,wait=off`],
    ['qmp', `unix:${join(dir, 'qmp')},server=on,wait=off`],
    ['spice', spice],
    ...devices.map((device): [string, string] => ['device', device]),
  ];
  return [
    '-nodefaults',
    '-no-user-config',
    ...options.flatMap(([name, value]) => [`-${name}`, value]),
    ...(resume ? ['-loadvm', STATE_NAME] : []),
  ];
}
