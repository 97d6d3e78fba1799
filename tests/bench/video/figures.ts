/** What is measured while a clip plays, in the same words for each client. */
import { processorSeconds } from '../process-figures.ts';

/** Codecs as SpiceVideoCodecs names them. */
export const CODECS = [
  'spice:mjpeg',
  'gstreamer:mjpeg',
  'gstreamer:h264',
  'gstreamer:vp8',
  'gstreamer:vp9',
] as const;
export type Codec = (typeof CODECS)[number];

export interface VideoFigures {
  readonly client: 'spice-viewer' | 'spice-html5';
  readonly server: 'Xspice' | 'QEMU';
  readonly codec: Codec;
  readonly width: number;
  readonly height: number;
  /** Frames a second that arrived; null where the client does not tell. */
  readonly sentFps: number | null;
  readonly shownFps: number;
  readonly shown: number;
  readonly dropped: number | null;
  /** Of the stream's data, or of all of the connection's where only that is known. */
  readonly megabytesPerSecond: number;
  /** Processor cores in use, on average. */
  readonly serverCores: number;
  readonly bridgeCores: number;
  readonly browserCores: number;
  /** Tasks of the main thread over 50 ms, while the clip played. */
  readonly longTasks: number;
}

export interface Processes {
  readonly server: number;
  readonly bridge: number;
  readonly browser: number;
}

/** Seconds of each one so far; the difference of two of these over the time between is in cores. */
export function processorTimes(processes: Processes): Record<keyof Processes, number> {
  return {
    server: processorSeconds(processes.server),
    bridge: processorSeconds(processes.bridge),
    browser: processorSeconds(processes.browser),
  };
}
