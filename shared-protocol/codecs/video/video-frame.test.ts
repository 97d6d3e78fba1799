import { describe, expect, it } from 'vitest';
import { nalUnits, rawBytes } from './annex-b.ts';
import { MjpegTables, standardHuffmanTables } from './mjpeg-huffman.ts';
import { readVideoFrame } from './video-frame.ts';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** Writes bits, highest first. */
function bits(...fields: [value: number, count: number][]): Uint8Array {
  const text = fields.map(([value, count]) => value.toString(2).padStart(count, '0')).join('');
  return Uint8Array.from(text.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}
/** ue(v) */
function ue(value: number): [number, number] {
  return [value + 1, 2 * Math.floor(Math.log2(value + 1)) + 1];
}

/** Emulation prevention, hex to hex. */
function escape(hex: string): string {
  const pairs = hex.match(/../g) ?? [];
  let zeros = 0;
  return pairs
    .map((pair) => {
      const prevented = zeros >= 2 && Number.parseInt(pair, 16) <= 3 ? `03${pair}` : pair;
      zeros = pair !== '00' ? 0 : prevented === pair ? zeros + 1 : 1;
      return prevented;
    })
    .join('');
}

describe('nalUnits', () => {
  it('splits at start codes of three and four bytes, without trailing zeros', () => {
    const found = [...nalUnits(bytes('00 00 00 01 09 f0 00 00 01 67 42 00 00 00 00 01 65 88'))];
    expect(found.map((nal) => Buffer.from(nal).toString('hex'))).toEqual(['09f0', '6742', '6588']);
  });

  it('finds nothing where no start code is', () => {
    expect([...nalUnits(bytes('00 00 02 67 00 00'))]).toEqual([]);
    expect([...nalUnits(new Uint8Array())]).toEqual([]);
  });

  it('agrees with a search byte by byte on random data full of zeros and ones', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16;
    for (let round = 0; round < 300; round++) {
      const data = Uint8Array.from({ length: random() % 40 }, () => random() % 3);
      const expected: string[] = [];
      const text = [...data].join('');
      let at = text.indexOf('001');
      while (at >= 0) {
        const next = text.indexOf('001', at + 3);
        expected.push(text.slice(at + 3, next < 0 ? undefined : next).replace(/0+$/, ''));
        at = next;
      }
      expect([...nalUnits(data)].map((nal) => [...nal].join(''))).toEqual(expected);
    }
  });

  it('takes emulation prevention out', () => {
    expect(rawBytes(bytes('00 00 03 01 00 00 03 00 00 03'))).toEqual(bytes('00 00 01 00 00 00 00'));
  });
});

function h264(profile: number, ...rest: [number, number][]): string {
  return Buffer.from(bits([profile, 8], [0, 8], [0x1f, 8], ...rest)).toString('hex');
}

describe('H.264', () => {
  it('reads codec string and size of the 4:4:4 stream that spice-server makes', () => {
    // ids, chroma 3, separate planes 0, depths, transform bypass 0, matrix 0; frame num, order 2, refs, gaps
    const head = [ue(0), ue(3), [0, 1], ue(0), ue(0), [0, 1], [0, 1], ue(0), ue(2), ue(3), [0, 1]];
    // 40 x 23 macroblocks of frames, direct 8x8, cropped by 8 rows
    const size = [ue(39), ue(22), [1, 1], [1, 1], [1, 1], ue(0), ue(0), ue(0), ue(8), [1, 1]];
    const sps = h264(0xf4, ...([...head, ...size] as [number, number][]));
    const frame = bytes(`00000001 09f0 00000001 67${sps} 000001 68ee 000001 6588`);
    expect(readVideoFrame('h264', frame)).toEqual({
      key: true,
      codec: 'avc1.F4001F',
      width: 640,
      height: 360,
    });
  });

  it('crops 4:2:0 in steps of two, and scaling lists are skipped', () => {
    const head = [ue(0), ue(1), ue(0), ue(0), [0, 1], [1, 1]];
    const lists = Array.from({ length: 8 }, (_, i): [number, number][] =>
      i === 0 ? [[1, 1], ue(16)] : [[0, 1]],
    );
    const size = [ue(0), ue(0), ue(0), ue(1), [0, 1], ue(119), ue(67), [1, 1], [1, 1]];
    const crop = [[1, 1], ue(0), ue(0), ue(0), ue(4), [1, 1]];
    const sps = h264(0x64, ...([...head, ...lists.flat(), ...size, ...crop] as [number, number][]));
    expect(readVideoFrame('h264', bytes(`000001 67${sps} 000001 65`))).toMatchObject({
      width: 1920,
      height: 1080,
    });
  });

  it('knows that a frame without IDR is no key frame, whatever parameter sets it has', () => {
    expect(readVideoFrame('h264', bytes('00000001 09f0 000001 4188 000001 6588'))).toEqual({ key: false });
  });

  it('ends in a CodecError at a parameter set that stops early', () => {
    expect(() => readVideoFrame('h264', bytes('000001 67f4001f 000001 65'))).toThrow(/H.264 image/);
  });
});

describe('H.265', () => {
  it('reads codec string, size and IRAP', () => {
    const general: [number, number][] = [
      [0, 2],
      [0, 1],
      [1, 5],
      [0x60000000, 32],
      [0xb0, 8],
      [0, 32],
      [0, 8],
      [93, 8],
    ];
    const rest = [ue(0), ue(1), ue(1280), ue(720), [0, 1]] as [number, number][];
    const sps = Buffer.from(bits([0, 4], [0, 3], [1, 1], ...general, ...rest, [1, 1])).toString('hex');
    const escaped = escape(sps);
    const frame = bytes(`00000001 4601 50 000001 4201 ${escaped} 000001 2601 af`);
    expect(readVideoFrame('h265', frame)).toEqual({
      key: true,
      codec: 'hev1.1.6.L93.B0',
      width: 1280,
      height: 720,
    });
    expect(readVideoFrame('h265', bytes('000001 0201 d0'))).toEqual({ key: false });
  });
});

describe('VP8 and VP9', () => {
  it('read a VP8 key frame and tell it from others', () => {
    expect(readVideoFrame('vp8', bytes('10 02 00 9d 01 2a 80 42 e0 81'))).toEqual({
      key: true,
      codec: 'vp8',
      width: 0x280,
      height: 0x1e0,
    });
    expect(readVideoFrame('vp8', bytes('11 02 00 9d 01 2a 80 02 e0 01'))).toEqual({ key: false });
    expect(readVideoFrame('vp8', bytes('10 02 00'))).toEqual({ key: false });
  });

  it('read VP9 profiles 0, 1 and 2', () => {
    const size: [number, number][] = [
      [639, 16],
      [479, 16],
    ];
    const profile0 = bits(
      [2, 2],
      [0, 2],
      [0, 1],
      [0, 1],
      [1, 1],
      [0, 1],
      [0x498342, 24],
      [1, 3],
      [0, 1],
      ...size,
    );
    expect(readVideoFrame('vp9', profile0)).toEqual({
      key: true,
      codec: 'vp09.00.30.08',
      width: 640,
      height: 480,
    });
    const profile1 = bits(
      [2, 2],
      [2, 2],
      [0, 1],
      [0, 1],
      [1, 1],
      [0, 1],
      [0x498342, 24],
      [1, 3],
      [0, 4],
      ...size,
    );
    expect(profile1[0]).toBe(0xa2);
    expect(readVideoFrame('vp9', profile1)).toMatchObject({ codec: 'vp09.01.30.08', height: 480 });
    const deep = bits(
      [2, 2],
      [1, 2],
      [0, 1],
      [0, 1],
      [1, 1],
      [0, 1],
      [0x498342, 24],
      [0, 1],
      [1, 3],
      [0, 1],
      ...size,
    );
    expect(readVideoFrame('vp9', deep)).toMatchObject({ codec: 'vp09.02.30.10', width: 640 });
    expect(readVideoFrame('vp9', bits([2, 2], [0, 2], [0, 1], [1, 1], [0, 2]))).toEqual({ key: false });
    expect(() => readVideoFrame('vp9', bytes('82'))).toThrow(/VP9/);
  });
});

describe('MjpegTables', () => {
  const soi = 'ffd8';
  const quantization = `ffdb 0004 0102`;
  const scan = 'ffda 0004 0000 1234 ffd9';
  const own = 'ffc4 0005 010203';

  it('puts the standard tables before the scan of a frame that has none', () => {
    const whole = new MjpegTables().complete(bytes(soi + quantization + scan));
    const hex = Buffer.from(whole).toString('hex');
    expect(hex).toBe(
      Buffer.from(
        bytes(soi + quantization + Buffer.from(standardHuffmanTables).toString('hex') + scan),
      ).toString('hex'),
    );
    expect(standardHuffmanTables.length).toBe(420);
  });

  it('takes those of an earlier frame where one had some', () => {
    const tables = new MjpegTables();
    const first = bytes(soi + own + scan);
    expect(tables.complete(first)).toBe(first);
    expect(tables.complete(bytes(soi + scan))).toEqual(bytes(soi + own + scan));
  });

  it('leaves alone what is no JPEG or is cut off', () => {
    for (const hex of [
      '',
      'ff',
      '1234',
      'ffd8',
      'ffd8ffdb',
      'ffd8ffdb0001',
      'ffd8ffdbffff00',
      'ffd8ffd9',
      'ffd800',
    ]) {
      const data = bytes(hex);
      expect(new MjpegTables().complete(data)).toBe(data);
    }
  });
});
