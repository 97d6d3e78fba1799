/** The picture of docs/protocol/images.md#reference-picture, and its streams as the reference encoders make them. */

export const PICTURE = { width: 8, height: 6 } as const;

function pixelOf(x: number, y: number): { r: number; g: number; b: number; a: number } {
  if (x < 6 && y < 4) return { r: 0x20, g: 0x40, b: 0x60, a: 0xff };
  return {
    r: (31 * x + 7 * y) & 255,
    g: (3 * x * x + y) & 255,
    b: (40 * y + x) & 255,
    a: (255 - 9 * x - y) & 255,
  };
}

type PixelOf = (pixel: ReturnType<typeof pixelOf>) => number;

function picture(word: PixelOf): number[] {
  return Array.from({ length: PICTURE.width * PICTURE.height }, (_, i) =>
    word(pixelOf(i % PICTURE.width, Math.floor(i / PICTURE.width))),
  );
}

/** 0x00RRGGBB */
export const PICTURE_RGB = picture(({ r, g, b }) => (r << 16) | (g << 8) | b);
/** 0xAARRGGBB */
export const PICTURE_RGBA = picture(({ r, g, b, a }) => ((a << 24) | (r << 16) | (g << 8) | b) >>> 0);
/** x1r5g5b5 */
export const PICTURE_RGB16 = picture(({ r, g, b }) => ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3));
/** `PICTURE_RGB` moved up by one row, the first row last. */
export const ROTATED_RGB = [...PICTURE_RGB.slice(PICTURE.width), ...PICTURE_RGB.slice(0, PICTURE.width)];

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export const STREAMS = {
  quicRgb32: fromHex(
    '5155494300000000040000000800000006000000804000c080808080020282801084401000d8010000008c001f67df50' +
      '82201004c0830207a88a6a0ec11004210001830e363300000421a88ab01084100000081b55b459040870014700805a5d' +
      '51591b066a06000052c481281ba9da31ca542d320442a72acd6a42130d35ab1599d596596a8959cd0050a3cc00000000',
  ),
  quicRgba: fromHex(
    '5155494300000000050000000800000006000000804000c080808080020282801084401000d8010000008c001867df50' +
      '00800b18083e320b0e0441201c800705805f15d598580200c11004210001830e36330000a043a88a602e010010421084' +
      '206cc042661100008c0855d1028e3901b5ba10e0360c00000000a2b20351d40cb563a4885a6436525e5594a9f1397556' +
      '103ad39c56139a20a859ad68acb6cc6a4bcc6acea21a65564a29a5000000005200000000',
  ),
  quicRgb16: fromHex(
    '5155494300000000020000000800000006000000420811c029848410000080146b7c2020812389e4496b6d8518342525' +
      '49699d494118b052c0805a774080002cb404340311759019944ed6cd777597096eee6627006eeee400000000',
  ),
  lzRgb32: fromHex(
    '20205a4c00010001000000080000000800000006000000200000000101604020604020800001066cba0793d9c007012e' +
      '6dc12f94e0c00701566ec85795e7c007117e6fcf7f96eea0041ca1073ba2105aa31f79a43498a54fb7a670d6a797f5c8' +
      '0523c90842ca1161cb2080cc359fcd50bece71ddcf98fc',
  ),
  lzRgba: fromHex(
    '20205a4c00010001000000090000000800000006000000200000000101604020604020800001066cba0793d9c007012e' +
      '6dc12f94e0c00701566ec85795e7c007117e6fcf7f96eea0041ca1073ba2105aa31f79a43498a54fb7a670d6a797f5c8' +
      '0523c90842ca1161cb2080cc359fcd50bece71ddcf98fc01ffff400001c9c0800701c8bf800701c7be800711c6bdfbf2' +
      'e9e0d7cec5bcfaf1e8dfd6cdc4bb',
  ),
  lzPlt4Be: fromHex(
    '20205a4c0001000100000004000000080000000600000004000000010300001111e004030604080c00050a0f',
  ),
  /** id 1, the picture */
  glz1: fromHex(
    '20205a4c00010001180000000800000006000000200000000000000001000000010160402060402080000001066cba07' +
      '93d9c70000012e6dc12f94e0c7000001566ec85795e7c70000117e6fcf7f96eea0041ca1073ba2105aa31f79a43498a5' +
      '4fb7a670d6a797f5c80523c90842ca1161cb2080cc359fcd50bece71ddcf98fc',
  ),
  /** id 2, the picture moved up by one row; copies from id 1 */
  glz2: fromHex(
    '20205a4c000100011800000008000000060000002000000000000000020000000201604020604020800000ee1b0001c7' +
      '020001066cba0793d9',
  ),
} as const;
