import { describe, expect, it } from 'vitest';
import { survivesAnything, survivesChanges } from '../../tests/conformance/hostile-streams.ts';
import { fromHex } from '../../tests/conformance/reference-picture.ts';
import { readJpegSize } from './jpeg-header.ts';

const APP0 = 'ffe0 0004 0000';
/** precision 8, height 0x0102, width 0x0304, one component */
function frame(marker: string): string {
  return `${marker} 000b 08 0102 0304 01 01 11 00`;
}
function jpeg(...parts: readonly string[]): Uint8Array {
  return fromHex(`ffd8${parts.join('')}`.replaceAll(' ', ''));
}

describe('readJpegSize', () => {
  it.each([
    ['baseline', jpeg(APP0, frame('ffc0'))],
    ['progressive', jpeg(frame('ffc2'))],
    ['after fill bytes and markers that stand alone', jpeg('ff01', 'ffd3', 'ffff', frame('ffc1'))],
    ['after a Huffman table', jpeg('ffc4 0003 00', frame('ffc0'))],
  ])('reads a frame header: %s', (_, data) => {
    expect(readJpegSize(data)).toEqual({ width: 0x304, height: 0x102 });
  });

  it.each([
    ['no start marker', fromHex('8950 4e47 0d0a'.replaceAll(' ', '')), 'bad-header'],
    ['nothing', new Uint8Array(), 'bad-header'],
    ['no frame', jpeg(APP0), 'truncated'],
    ['a cut frame', jpeg('ffc0 000b 08 01'), 'truncated'],
    ['a short frame', jpeg('ffc0 0007 08 0102 0304 01'), 'truncated'],
    ['a scan before the frame', jpeg('ffda 0003 00'), 'damaged'],
    ['an end before the frame', jpeg('ffd9 0000'), 'damaged'],
    ['no marker', jpeg('0000 0000'), 'damaged'],
    ['a segment without length', jpeg('ffe0 0001 00'), 'damaged'],
    ['no height', jpeg('ffc0 000b 08 0000 0304 01 01 11 00'), 'bad-size'],
  ])('refuses %s', (_, data, code) => {
    expect(() => readJpegSize(data)).toThrow(expect.objectContaining({ name: 'CodecError', code }) as Error);
  });

  it('refuses a size other than the descriptor’s', () => {
    expect(() => readJpegSize(jpeg(frame('ffc0')), { width: 1, height: 1 })).toThrow(/bad-size/);
  });

  it('ends well or with a CodecError on anything', () => {
    const stream = jpeg(APP0, 'ffff', frame('ffc0'));
    survivesChanges((data) => readJpegSize(data), [stream]);
    survivesAnything((data) => readJpegSize(data), [jpeg(), jpeg(APP0)]);
  });
});
