/** `docs/video.md`: the table, and the plot as SVG. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../servers/bridge.ts';
import type { VideoFigures } from './figures.ts';

function number(value: number | null, digits: number): string {
  return value === null ? '–' : value.toFixed(digits);
}

const columns: readonly (readonly [string, (row: VideoFigures) => string])[] = [
  ['server', ({ server }) => server],
  ['clip', ({ width, height }) => `${width}x${height}`],
  ['codec', ({ codec }) => codec],
  ['client', ({ client }) => client],
  ['network MB/s', ({ megabytesPerSecond }) => number(megabytesPerSecond, 2)],
  ['sent fps', ({ sentFps }) => number(sentFps, 1)],
  ['shown fps', ({ shownFps }) => number(shownFps, 1)],
  ['dropped', ({ dropped }) => number(dropped, 0)],
  ['server cores', ({ serverCores }) => number(serverCores, 2)],
  ['bridge cores', ({ bridgeCores }) => number(bridgeCores, 2)],
  ['browser cores', ({ browserCores }) => number(browserCores, 2)],
  ['long tasks', ({ longTasks }) => number(longTasks, 0)],
];

function markdownTable(all: readonly VideoFigures[]): string {
  const lines = [columns.map(([title]) => title), ...all.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  return [text(head), text(widths.map((width) => '-'.repeat(width))), ...body.map(text)].join('\n');
}

const bars = { height: 16, gap: 4, left: 300, length: 300, title: 34 };
const colours = { 'spice-viewer': '#2a6fb0', 'spice-html5': '#c98a2b' };

/** One group of bars a figure, one bar a row of the table. */
function plot(all: readonly VideoFigures[]): string {
  const groups: readonly (readonly [string, (row: VideoFigures) => number, number])[] = [
    ['frames shown a second', ({ shownFps }) => shownFps, 1],
    [
      'browser, processor milliseconds a frame',
      ({ browserCores, shownFps }) => (browserCores / shownFps) * 1000,
      1,
    ],
    ['network, MB/s', ({ megabytesPerSecond }) => megabytesPerSecond, 2],
  ];
  const groupHeight = bars.title + all.length * (bars.height + bars.gap);
  const parts = groups.map(([title, value, digits], group) => {
    const top = group * groupHeight;
    const most = Math.max(...all.map(value).filter(Number.isFinite), 1e-9);
    const rows = all.map((row, index) => {
      const y = top + bars.title + index * (bars.height + bars.gap);
      const width = (bars.length * value(row)) / most;
      const middle = y + bars.height - 4;
      return [
        `<text x="${bars.left - 8}" y="${middle}" text-anchor="end">${row.server} ${row.codec} ${row.height}p, ${row.client}</text>`,
        `<rect x="${bars.left}" y="${y}" width="${width.toFixed(1)}" height="${bars.height}" fill="${colours[row.client]}"/>`,
        `<text x="${(bars.left + width + 6).toFixed(1)}" y="${middle}">${value(row).toFixed(digits)}</text>`,
      ].join('\n');
    });
    return `<text x="8" y="${top + 22}" font-weight="bold">${title}</text>\n${rows.join('\n')}`;
  });
  const [width, height] = [bars.left + bars.length + 60, groups.length * groupHeight + 8];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<rect width="${width}" height="${height}" fill="white"/>
${parts.join('\n')}
</svg>
`;
}

export function writeReport(all: readonly VideoFigures[]): void {
  writeFileSync(join(repository, 'docs', 'images', 'video.svg'), plot(all));
  const text = `# Video, measured

Made by \`npm run bench -- video\` on ${new Date().toISOString().slice(0, 10)}; nothing here is written by hand. A clip at 30 frames a second
plays in mpv inside Xspice, whose order of SpiceVideoCodecs decides the codec; in a Debian guest of QEMU, emulated
without hardware, a small clip at 15, whose codec the viewer asks for (PREFERRED_VIDEO_CODEC_TYPE). Player, server with its
encoder, bridge (spice-html5: websockify) and browser share one machine without a GPU (${availableParallelism()} cores), so "sent" is what the encoder managed
beside the rest. Ten seconds a row, after twelve of warming up.

![The table as bars](images/video.svg)

${markdownTable(all)}
`;
  writeFileSync(join(repository, 'docs', 'video.md'), text);
}
