/** Guests in 512 bytes, which boot in no time and stand still. */

const assemble = (...lines: string[]): Buffer => Buffer.from(lines.join('').replaceAll(' ', ''), 'hex');

const guests = {
  /**
   * In text mode, without a blinking cursor, writes every typed character to the screen; `g` switches to VGA mode 13h
   * (320x200, 256 colours) and fills it with a pattern.
   */
  echo: assemble(
    'b8 03 00 cd 10', // mov ax, 3; int 10h: text mode
    'b4 01 b9 07 26 cd 10', // mov ah, 1; mov cx, 2607h; int 10h: hide the cursor
    // next:
    '30 e4 cd 16', // xor ah, ah; int 16h: wait for a key
    '3c 67 74 09', // cmp al, 'g'; je graphics
    'b4 0e bb 07 00 cd 10', // mov ah, 0eh; mov bx, 7; int 10h: write it
    'eb ef', // jmp next
    // graphics:
    'b8 13 00 cd 10', // mov ax, 13h; int 10h
    'b8 00 a0 8e c0', // mov ax, a000h; mov es, ax
    '31 ff fc', // xor di, di; cld
    // pixel:
    '89 f8 30 e0 aa', // mov ax, di; xor al, ah; stosb
    '81 ff 00 fa 75 f5', // cmp di, 64000; jne pixel
    'eb d5', // jmp next
  ),
  /** Copies every byte of the keyboard (scan code set 1) from port 60h to the debug console at port e9h. */
  scancodes: assemble(
    'fa', // cli
    // next:
    'e4 64 a8 01 74 fa', // in al, 64h; test al, 1; jz next
    'e4 60 e6 e9', // in al, 60h; out e9h, al
    'eb f4', // jmp next
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
};

export type BootGuest = keyof typeof guests;

/** A disk image of one mebibyte that boots into the guest. */
export function bootDisk(guest: BootGuest): Buffer {
  const disk = Buffer.alloc(1024 * 1024);
  disk.set(guests[guest], 0);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}
