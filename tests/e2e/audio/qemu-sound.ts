/** QEMU with an AC97 whose guest plays and captures (see boot-sector.ts), and what it captured. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { captureRing } from '../../servers/boot-sector.ts';
import { analyse, type Captured } from './captured.ts';
import type { Qemu, QemuOptions } from '../../servers/qemu.ts';

export const soundGuest: QemuOptions = {
  bootMenu: 0,
  guest: 'sound',
  args: ['-audiodev', 'spice,id=sound', '-device', 'AC97,audiodev=sound'],
};

/** What is in the guest's memory of a capture that began at most 20 seconds ago. */
export async function captured(qemu: Qemu): Promise<Captured> {
  const filename = join(qemu.dir, 'captured');
  const { address: val, size } = captureRing;
  await qemu.qmp.execute('pmemsave', { val, size, filename });
  const bytes = readFileSync(filename);
  return analyse(bytes);
}
