import type { Bench, BenchRow } from '../bench.ts';
import { CODECS, type Codec, type VideoFigures } from './figures.ts';
import { measureSpiceHtml5, measureSpiceViewer } from './measure.ts';
import { GUEST_CLIP, playOnQemu, playOnXspice } from './play.ts';
import { writeReport } from './report.ts';

const sizes = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];
/** What Debian's spice-html5 plays. */
const html5Codecs: readonly Codec[] = ['spice:mjpeg', 'gstreamer:mjpeg', 'gstreamer:vp8'];

/** What QEMU, which has no order of codecs, is asked for with PREFERRED_VIDEO_CODEC_TYPE. */
const asked = {
  'spice:mjpeg': undefined,
  'gstreamer:h264': 'h264',
  'gstreamer:vp8': 'vp8',
  'gstreamer:vp9': 'vp9',
};

function nameOf({ server, codec, height }: VideoFigures): string {
  return `${server} ${codec} ${height}p`;
}

function describe(figures: VideoFigures): string {
  const parts = [
    ...(figures.sentFps === null ? [] : [`sent ${figures.sentFps.toFixed(1)} fps`]),
    `shown ${figures.shownFps.toFixed(1)} fps`,
    ...(figures.dropped === null ? [] : [`dropped ${figures.dropped}`]),
    `${figures.megabytesPerSecond.toFixed(2)} MB/s`,
    `cores: server ${figures.serverCores.toFixed(2)}, bridge ${figures.bridgeCores.toFixed(2)}, browser ${figures.browserCores.toFixed(2)}`,
    `long tasks ${figures.longTasks}`,
  ];
  return `video: ${nameOf(figures)} in ${figures.client}: ${parts.join(', ')}`;
}

/** Shown of those sent, for each; and the browser's processor time a frame where spice-html5 plays the codec too. */
function rowsOf(all: readonly VideoFigures[]): BenchRow[] {
  return all
    .filter(({ client }) => client === 'spice-viewer')
    .flatMap((ours) => {
      const row = { bench: 'video', better: 'lower' } as const;
      const rows: BenchRow[] = [
        {
          ...row,
          metric: `${nameOf(ours)}: frames shown`,
          unit: 'fps',
          ours: ours.shownFps,
          reference: ours.sentFps ?? 0,
          referenceName: 'frames sent',
          better: 'higher',
        },
      ];
      const html5 = all.find(
        (one) =>
          one.client === 'spice-html5' &&
          one.server === ours.server &&
          one.codec === ours.codec &&
          one.height === ours.height,
      );
      if (html5 !== undefined && html5.shownFps > 0) {
        rows.push({
          ...row,
          metric: `${nameOf(ours)}: browser, a frame`,
          unit: 'core-ms',
          ours: (ours.browserCores / ours.shownFps) * 1000,
          reference: (html5.browserCores / html5.shownFps) * 1000,
          referenceName: 'spice-html5 with websockify',
        });
      }
      return rows;
    });
}

async function run(log: (line: string) => void): Promise<BenchRow[]> {
  const all: VideoFigures[] = [];
  const add = (figures: VideoFigures): void => {
    all.push(figures);
    log(describe(figures));
  };
  for (const size of sizes) {
    for (const codec of CODECS) {
      const what = { server: 'Xspice', codec, ...size } as const;
      const server = await playOnXspice(codec, size);
      try {
        add({ client: 'spice-viewer', ...what, ...(await measureSpiceViewer(server, size)) });
        if (html5Codecs.includes(codec)) {
          add({ client: 'spice-html5', ...what, ...(await measureSpiceHtml5(server)) });
        }
      } finally {
        await server.stop();
      }
    }
  }
  const guest = await playOnQemu(log);
  try {
    for (const [codec, preferred] of guest === undefined ? [] : Object.entries(asked)) {
      const { width, height } = GUEST_CLIP;
      const what = { server: 'QEMU', codec: codec as Codec, width, height } as const;
      add({ client: 'spice-viewer', ...what, ...(await measureSpiceViewer(guest!, GUEST_CLIP, preferred)) });
    }
  } finally {
    await guest?.stop();
  }
  writeReport(all);
  return rowsOf(all);
}

/** A clip played inside Xspice in each codec that it encodes; writes docs/video.md and its plot. */
export const videoBench: Bench = { name: 'video', run };
