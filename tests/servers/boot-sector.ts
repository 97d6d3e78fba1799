/** Guests in 512 bytes, which boot in no time and stand still. */

function assemble(...lines: string[]): Buffer {
  return Buffer.from(lines.join('').replaceAll(' ', ''), 'hex');
}

const guests = {
  /**
   * In text mode, without a blinking cursor, writes every typed character to the screen and then to the debug console;
   * `g` switches to VGA mode 13h (320x200, 256 colours) and fills it with a pattern.
   */
  echo: assemble(
    'b8 03 00 cd 10', // mov ax, 3; int 10h: text mode
    'b4 01 b9 07 26 cd 10', // mov ah, 1; mov cx, 2607h; int 10h: hide the cursor
    // next:
    '30 e4 cd 16', // xor ah, ah; int 16h: wait for a key
    '3c 67 74 0b', // cmp al, 'g'; je graphics
    'b4 0e bb 07 00 cd 10', // mov ah, 0eh; mov bx, 7; int 10h: write it
    'e6 e9 eb ed', // out e9h, al; jmp next
    // graphics:
    'b8 13 00 cd 10', // mov ax, 13h; int 10h
    'b8 00 a0 8e c0', // mov ax, a000h; mov es, ax
    '31 ff fc', // xor di, di; cld
    // pixel:
    '89 f8 30 e0 aa', // mov ax, di; xor al, ah; stosb
    '81 ff 00 fa 75 f5', // cmp di, 64000; jne pixel
    'eb d3', // jmp next
  ),
  /** Copies every byte of the keyboard (scan code set 1) from port 60h to the debug console at port e9h. */
  scancodes: assemble(
    'fa', // cli
    // next:
    'e4 64 a8 01 74 fa', // in al, 64h; test al, 1; jz next
    'e4 60 e6 e9', // in al, 60h; out e9h, al
    'eb f4', // jmp next
  ),
  /** Copies every character that the BIOS makes of keys to the debug console at port e9h. */
  characters: assemble(
    // next:
    '30 e4 cd 16', // xor ah, ah; int 16h: wait for a key
    'e6 e9', // out e9h, al
    'eb f8', // jmp next
  ),
  /**
   * Turns the PS/2 mouse on as an IntelliMouse Explorer and copies its packets to the debug console: four bytes with
   * buttons and signs, dx, dy (upwards), and wheel with side buttons.
   */
  mouse: assemble(
    'fa 31 c0 8e d8', // cli; xor ax, ax; mov ds, ax
    'b0 a8 e6 64', // mov al, a8h; out 64h, al: enable the mouse's port
    'be 31 7c', // mov si, commands
    // next:
    'ac 08 c0 74 14', // lodsb; or al, al; jz packets
    '88 c4 b0 d4 e6 64', // mov ah, al; mov al, d4h; out 64h, al: the next byte is for the mouse
    '88 e0 e6 60', // mov al, ah; out 60h, al
    'e4 64 a8 01 74 fa', // in al, 64h; test al, 1; jz $-4: wait for its answer
    'e4 60 eb e7', // in al, 60h; jmp next
    // packets:
    'e4 64 a8 01 74 fa', // in al, 64h; test al, 1; jz packets
    'e4 60 e6 e9', // in al, 60h; out e9h, al
    'eb f4', // jmp packets
    // commands: sample rates 200, 200, 80 (Explorer mode), enable, end
    'f3 c8 f3 c8 f3 50 f4 00',
  ),
  /**
   * Drives an AC97 for ever, by keys that toggle: `p` plays a tone of 440 Hz, `r` captures into a ring of memory
   * (`captureRing`), `m` mutes and `v` turns the master volume down. It begins with nothing on.
   */
  sound: assemble(
    '31 c0 8e d8 8e c0 8e d0 bc 00 7c fc', // registers, stack
    'b8 0a 02 bb 00 80 b9 02 00 30 f6 cd 13', // int 13h: the tone, ten sectors, to 8000h
    'bf 00 7e b9 20 00 66 b8 00 80 00 00 66 ab 66 b8 60 09 00 00 66 ab e2 ee', // 32 descriptors at 7e00h, each of all the tone: playback
    '66 bb 00 00 10 00 b1 20 66 89 d8 66 ab 66 b8 00 f0 00 00 66 ab 66 81 c3 00 e0 01 00 e2 ea', // 32 at 7f00h, of 1e000h bytes each, from 100000h on: capture
    'b8 02 b1 b9 15 24 ba 86 80 31 f6 cd 1a', // int 1ah: the device 8086:2415
    'b8 0c b1 bf 04 00 b9 05 00 cd 1a', // answers at its ports, masters the bus
    'b8 09 b1 bf 10 00 cd 1a 80 e1 fe 89 ce', // si: the ports of its mixer
    'b8 09 b1 bf 14 00 cd 1a 80 e1 fe 89 cd', // bp: those of its bus master
    '8d 54 02 31 c0 ef 8d 54 1c b8 0f 0f ef 8d 54 18 b8 08 08 ef', // mixer: master, capture (QEMU: 0f0fh is full), PCM
    '8d 56 10 66 b8 00 7e 00 00 66 ef 89 ea b8 00 7f 66 ef', // the descriptors of both
    'b0 1f 8d 56 05 ee 8d 56 15 ee fb', // valid up to the last one; sti
    'f4 8d 56 04 e8 3d 00 8d 56 14 e8 37 00', // next: hlt; both rings go on for ever (call follow)
    'b4 01 cd 16 74 ed 30 e4 cd 16', // int 16h: a key?
    '8d 56 0b 3c 72 74 20 8d 56 1b 3c 70 74 19', // r: capture, p: playback (to toggle)
    '8d 54 02 3c 76 74 0b 3c 6d 75 d0', // v: volume, m: mute
    'ed 80 f4 80 ef eb c9', // m: master volume, bit 15; jmp next
    'ed 35 10 10 ef eb c2', // v: 1010h of it; jmp next
    'ec 34 01 ee eb bc', // toggle: run or stop; jmp next
    'ec fe c8 24 1f 42 ee c3', // follow: the last valid descriptor is the one before the current
  ),
};

/** Guest memory in which the guest `sound` captures: signed 16 bit, stereo, 48 kHz. */
export const captureRing = { address: 0x100000, size: 32 * 0x1e000 } as const;

/** 25 ms, eleven whole periods of 440 Hz: signed 16 bit, little endian, stereo, 48 kHz. */
function tone(): Buffer {
  const frames = 1200;
  const bytes = Buffer.alloc(frames * 4);
  for (let i = 0; i < frames; i++) {
    const sample = Math.round(16_000 * Math.sin((2 * Math.PI * 11 * i) / frames));
    bytes.writeInt16LE(sample, i * 4);
    bytes.writeInt16LE(sample, i * 4 + 2);
  }
  return bytes;
}

export type BootGuest = keyof typeof guests;

/** A disk image of one mebibyte that boots into the guest. */
export function bootDisk(guest: BootGuest): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  disk.set(guests[guest], 0);
  disk.writeUInt16LE(0xaa55, 510);
  if (guest === 'sound') disk.set(tone(), 512);
  return disk;
}
