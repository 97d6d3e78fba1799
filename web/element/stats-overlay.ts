import { css, html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import type { SpiceStats, VideoStreamNumbers } from '../api/public-types.ts';

/** milliseconds between two looks */
const INTERVAL = 500;
const PLOT_WIDTH = 240;
const PLOT_HEIGHT = 48;
/** Fewer frames a second than this do not stretch the plot. */
const LOWEST_TOP = 30;

interface Sample {
  readonly fps: number;
  /** bits a second */
  readonly bitrate: number;
}

export const statsOverlayStyles = css`
  .stats {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline-start: 0.5rem;
    z-index: 3;
    padding: 0.5rem 0.7rem;
    border-radius: 0.4rem;
    background: rgb(8 12 16 / 78%);
    color: #d9e4ee;
    font:
      12px/1.45 ui-monospace,
      monospace;
    pointer-events: none;
  }
  .stats .stream {
    white-space: pre;
  }
  .stats canvas {
    display: block;
    margin-top: 0.4rem;
  }
  .stats .fps {
    color: #7cd992;
  }
  .stats .bitrate {
    color: #7cc0ff;
  }
`;

/** Numbers over the picture: what is shown, how fast, from which codec; and the last minute as a plot. */
export class StatsOverlay implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #ask: () => Promise<SpiceStats>;
  readonly #canvas = createRef<HTMLCanvasElement>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #stats: SpiceStats | undefined;
  #before: { time: number; bytes: number; frames: number } | undefined;
  #samples: Sample[] = [];

  constructor(host: ReactiveControllerHost, ask: () => Promise<SpiceStats>) {
    this.#host = host;
    this.#ask = ask;
    host.addController(this);
  }

  hostUpdated(): void {
    if (this.#stats !== undefined) this.#plot();
  }

  setShown(shown: boolean): void {
    if (shown === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#timer = shown ? setInterval(() => void this.#look(), INTERVAL) : undefined;
    this.#stats = undefined;
    this.#before = undefined;
    this.#samples = [];
  }

  render(): unknown {
    const stats = this.#stats;
    if (stats === undefined) return nothing;
    const newest = this.#samples.at(-1) ?? { fps: 0, bitrate: 0 };
    return html`<div class="stats" part="stats" aria-label="Statistics">
      <div>
        <span class="fps">${newest.fps.toFixed(0)} fps</span>
        <span class="bitrate">${formatBits(newest.bitrate)}</span>
        <span>${stats.roundTripTime.toFixed(0)} ms round trip</span>
      </div>
      ${stats.streams.map((stream) => html`<div class="stream">${describe(stream)}</div>`)}
      ${soundLines(stats).map((line) => html`<div class="stream sound">${line}</div>`)}
      <canvas ${ref(this.#canvas)} width=${PLOT_WIDTH} height=${PLOT_HEIGHT}></canvas>
    </div>`;
  }

  async #look(): Promise<void> {
    const timer = this.#timer;
    const stats = await this.#ask().catch(() => undefined);
    if (stats === undefined || this.#timer !== timer) return;
    const time = performance.now();
    const bytes = sum(Object.values(stats.channels), ({ bytesIn }) => bytesIn);
    const frames = sum(Object.values(stats.displays), ({ framesPresented }) => framesPresented);
    const before = this.#before;
    if (before !== undefined && time > before.time) {
      const seconds = (time - before.time) / 1000;
      const fps = Math.max(0, frames - before.frames) / seconds;
      const bitrate = (Math.max(0, bytes - before.bytes) * 8) / seconds;
      this.#samples = [...this.#samples, { fps, bitrate }].slice(-PLOT_WIDTH / 2);
    }
    this.#before = { time, bytes, frames };
    this.#stats = stats;
    this.#host.requestUpdate();
  }

  #plot(): void {
    const context = this.#canvas.value?.getContext('2d');
    if (context === null || context === undefined) return;
    context.clearRect(0, 0, PLOT_WIDTH, PLOT_HEIGHT);
    const line = (color: string, top: number, value: (sample: Sample) => number): void => {
      context.strokeStyle = color;
      context.beginPath();
      this.#samples.forEach((sample, i) => {
        context.lineTo(i * 2, PLOT_HEIGHT - 1 - (value(sample) / top) * (PLOT_HEIGHT - 2));
      });
      context.stroke();
    };
    const highest = (value: (sample: Sample) => number, least: number): number =>
      Math.max(least, ...this.#samples.map(value));
    line(
      '#7cc0ff',
      highest(({ bitrate }) => bitrate, 1),
      ({ bitrate }) => bitrate,
    );
    line(
      '#7cd992',
      highest(({ fps }) => fps, LOWEST_TOP),
      ({ fps }) => fps,
    );
  }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function formatBits(bits: number): string {
  return bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${(bits / 1e3).toFixed(0)} kbit/s`;
}

function describe(stream: VideoStreamNumbers): string {
  const { codec, hardware, width, height, fps, bitrate, decodeMilliseconds } = stream;
  const { framesReceived, framesDecoded, framesPresented, framesDropped } = stream;
  const kind = `${codec} ${hardware ? 'hardware' : 'software'} ${width}×${height}`;
  const rates = `${fps} fps, ${formatBits(bitrate)}, decoded in ${decodeMilliseconds.toFixed(1)} ms`;
  const frames = `received ${framesReceived}, decoded ${framesDecoded}, shown ${framesPresented}, dropped ${framesDropped}`;
  return `${kind}  ${rates}\n  ${frames}`;
}

/** What the guest plays and records at the moment. */
export function soundLines({ audio, microphone }: Pick<SpiceStats, 'audio' | 'microphone'>): string[] {
  const lines: string[] = [];
  if (audio !== null && audio.codec !== 'none') {
    const { codec, bufferMilliseconds, targetMilliseconds, underruns, latestMilliseconds } = audio;
    const buffer = `${bufferMilliseconds} ms buffered of ${targetMilliseconds} ms`;
    lines.push(`sound ${codec}  ${buffer}, ${underruns} underruns, up to ${latestMilliseconds} ms late`);
  }
  if (microphone !== null && microphone.codec !== 'none') {
    lines.push(`microphone ${microphone.codec}  ${microphone.packets} packets`);
  }
  return lines;
}
