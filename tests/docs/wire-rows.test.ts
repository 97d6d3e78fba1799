import { describe, expect, it } from 'vitest';
import {
  arrayBy,
  bytesBy,
  countOf,
  counted,
  ifFlag,
  pointer,
  struct,
  u16,
  u32,
  u64,
  u8,
  union,
} from '../../shared-protocol/wire/layout.ts';
import { docComments } from '../../tools/protocol-docs/comments.ts';
import { anchorsOf } from '../../tools/protocol-docs/markdown.ts';
import { wireName } from '../../tools/protocol-docs/sections.ts';
import { fieldRows } from '../../tools/protocol-docs/wire-rows.ts';

const place = struct({ x: u16, y: u16 });

function cells(fields: Parameters<typeof fieldRows>[0]): unknown[] {
  const rows = fieldRows(fields, (layout) => (layout === place ? 'Place' : undefined));
  return rows.map(({ offset, field, type, size, note }) => [offset, field, type, size, note]);
}

describe('rows of a layout', () => {
  it('have offsets as long as what comes before has one size', () => {
    expect(
      cells({
        count: countOf(u8, 'items'),
        at: place,
        next: pointer(struct({ id: u64 })),
        items: arrayBy('count', u32),
        rest: u16,
      }),
    ).toEqual([
      [0, 'count', 'u8', '1', 'length of `items`'],
      [1, 'at', 'Place', '4', ''],
      [5, 'next', 'pointer or 0 to { `id` u64 }', '4', ''],
      [9, 'items', 'count × u32', '0+', ''],
      [undefined, 'rest', 'u16', '2', ''],
    ]);
  });

  it('say when a field is there, and what a union holds', () => {
    expect(
      cells({
        flags: u32,
        style: ifFlag(1 << 19, counted(u8, place)),
        shape: union(u8, { none: [0, {}], dot: [7, { radius: u16 }] }),
        data: bytesBy((owner) => owner.flags, 'flags'),
      }),
    ).toEqual([
      [0, 'flags', 'u32', '4', ''],
      [4, 'style', 'if flag 1 << 19: u8 n, n × Place', '0+', ''],
      [undefined, 'shape', 'u8: 0 none; 7 dot { `radius` u16 }', '1+', ''],
      [undefined, 'data', 'flags bytes', '0+', ''],
    ]);
  });
});

describe('docstrings', () => {
  it('belong to the path that they stand before', () => {
    const source = [
      '/** All of it (docs/protocol/main.md#a-session). */',
      'export const table = {',
      '  plain: message(1, {}),',
      '  /**',
      '   * Two',
      '   * lines. @param x gone',
      '   */',
      '  init: message(2, {',
      '    id: u32,',
      '    /** milliseconds */',
      '    time: u32,',
      '  }),',
      '} as const;',
    ].join('\n');
    expect([...docComments(source)]).toEqual([
      ['table', 'All of it.'],
      ['table.init', 'Two lines.'],
      ['table.init.time', 'milliseconds'],
    ]);
  });
});

describe('names', () => {
  it('are those of the protocol', () => {
    const names = ['drawRop3', 'glScanoutUnix', 'lz4', 'migrateDstSeamlessAck'].map(wireName);
    expect(names).toEqual(['DRAW_ROP3', 'GL_SCANOUT_UNIX', 'LZ4', 'MIGRATE_DST_SEAMLESS_ACK']);
  });

  it('give the anchors that GitHub gives', () => {
    const markdown =
      '# `main` channel\n\n```sh\n# no heading\n```\n\n## Start\n\n## Start\n\n## A8, and more!\n';
    expect([...anchorsOf(markdown)]).toEqual(['main-channel', 'start', 'start-1', 'a8-and-more']);
  });
});
