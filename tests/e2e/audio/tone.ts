/** A tone into an Xspice server's FIFO, and what the page's audio graph makes of it. */
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { Viewer } from '../lib/viewer.ts';
import type { Xspice } from '../../servers/xspice.ts';

const RATE = 48_000;

/** Signed 16 bit, little endian, stereo. */
export function sine(frequency: number, seconds: number): Buffer {
  const frames = Math.round(RATE * seconds);
  const bytes = Buffer.alloc(frames * 4);
  for (let i = 0; i < frames; i++) {
    const sample = Math.round(16_000 * Math.sin((2 * Math.PI * frequency * i) / RATE));
    bytes.writeInt16LE(sample, i * 4);
    bytes.writeInt16LE(sample, i * 4 + 2);
  }
  return bytes;
}

export interface PlayedTone {
  /** all of it is in the server, or it was stopped */
  readonly finished: Promise<void>;
  stop(): void;
}

/** The server finds FIFOs only when they are made while it runs and a client is connected; it reads by its own clock. */
export function playTone(xspice: Xspice, frequency: number, seconds: number): PlayedTone {
  const fifo = join(xspice.dir, 'fifo', `tone-${frequency}-${Date.now()}`);
  execFileSync('mkfifo', [fifo]);
  const stream = createWriteStream(fifo);
  let isStopped = false;
  const finished = new Promise<void>((resolve, reject) => {
    stream.once('close', resolve);
    stream.once('error', (error) => (isStopped ? resolve() : reject(error)));
  });
  // A server that ends first is no error of the tone's; whoever waits for its end still sees it.
  finished.catch(() => undefined);
  stream.end(sine(frequency, seconds));
  return {
    finished,
    stop() {
      isStopped = true;
      stream.destroy();
    },
  };
}

interface Recording {
  rate: number;
  frames: number;
  chunks: Float32Array[];
}

interface Tap {
  recordings: Recording[];
}

/** In the audio thread, so that it misses no frame however busy the page is. */
const RECORDER = `registerProcessor('tests-recorder', class extends AudioWorkletProcessor {
  chunk = new Float32Array(4800);
  filled = 0;
  process([[left]]) {
    for (const sample of left ?? new Float32Array(128)) {
      this.chunk[this.filled++] = sample;
      if (this.filled < this.chunk.length) continue;
      this.port.postMessage(this.chunk);
      this.filled = 0;
    }
    return true;
  }
});`;

/**
 * Before the page loads: each AudioContext also feeds a recorder of what it renders for its loudspeaker. The recorder
 * is not of the page, so specs need `test.use({ bypassCSP: true })`.
 */
export async function tapAudio(page: Page): Promise<void> {
  await page.addInitScript(
    (path) => {
      const tap: Tap = { recordings: [] };
      Object.assign(globalThis, { audioTap: tap });
      const connect = AudioNode.prototype.connect as (this: AudioNode, ...args: unknown[]) => unknown;
      const record = async (source: AudioNode): Promise<void> => {
        const { context } = source;
        const recording: Recording = { rate: context.sampleRate, frames: 0, chunks: [] };
        tap.recordings.push(recording);
        await context.audioWorklet.addModule(path);
        const node = new AudioWorkletNode(context, 'tests-recorder', { numberOfOutputs: 0 });
        node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
          // Silence before the first sound is not kept.
          if (recording.frames === 0 && data.every((sample) => sample === 0)) return;
          recording.chunks.push(data);
          recording.frames += data.length;
        };
        connect.call(source, node);
      };
      AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
        const [target] = args;
        if (target instanceof AudioDestinationNode && this.context instanceof AudioContext) void record(this);
        return connect.apply(this, args);
      } as typeof AudioNode.prototype.connect;
    },
    `data:text/javascript,${encodeURIComponent(RECORDER)}`,
  );
}

/** Frames that the newest AudioContext rendered since its first sound. */
export function heardFrames(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { recordings } = (globalThis as unknown as { audioTap: Tap }).audioTap;
    return recordings.at(-1)?.frames ?? 0;
  });
}

/** How many AudioContexts played so far. */
export function contextCount(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { audioTap: Tap }).audioTap.recordings.length);
}

export interface Heard {
  readonly rate: number;
  readonly frames: number;
  /** periods a second, from one rising zero crossing to the next; the median, so that a gap does not change it */
  readonly frequency: number;
  /** runs of at least eight (nearly) silent frames: where they begin and how long they are, frames */
  readonly silences: readonly { at: number; length: number }[];
  /** root mean square, 0 to 1 */
  readonly loudness: number;
}

/**
 * What the newest AudioContext rendered.
 * @param from frames since the first sound; negative: from the end
 */
export function heard(page: Page, from: number, to?: number): Promise<Heard> {
  return page.evaluate(
    ([begin, end]) => {
      const { recordings } = (globalThis as unknown as { audioTap: Tap }).audioTap;
      const recording = recordings.at(-1);
      const all = new Float32Array(recording?.frames ?? 0);
      let at = 0;
      for (const chunk of recording?.chunks ?? []) {
        all.set(chunk, at);
        at += chunk.length;
      }
      const samples = all.slice(begin, end ?? all.length);
      const sampleRate = recording?.rate ?? 0;
      const silences: { at: number; length: number }[] = [];
      const periods: number[] = [];
      let run = 0;
      let last = -1;
      let squares = 0;
      for (let i = 0; i <= samples.length; i++) {
        const sample = samples[i] ?? 1;
        if (Math.abs(sample) < 0.001) run++;
        else {
          if (run >= 8) silences.push({ at: i - run, length: run });
          run = 0;
        }
        if (i === samples.length) break;
        squares += sample * sample;
        const before = samples[i - 1];
        if (before === undefined || before >= 0 || sample < 0) continue;
        const crossing = i - sample / (sample - before);
        if (last >= 0) periods.push(crossing - last);
        last = crossing;
      }
      const median = periods.sort((a, b) => a - b)[periods.length >> 1] ?? Infinity;
      return {
        rate: sampleRate,
        frames: samples.length,
        frequency: sampleRate / median,
        silences,
        loudness: Math.sqrt(squares / Math.max(1, samples.length)),
      };
    },
    [from, to] as const,
  );
}

/** Errors that the viewer told of, without what the server itself remarks. */
export async function viewerErrors(viewer: Viewer): Promise<{ kind: string; message: string }[]> {
  return (await viewer.events())
    .filter(({ type }) => type === 'error')
    .map(({ detail }) => detail as { kind: string; message: string })
    .filter(({ kind }) => kind !== 'server');
}

export interface AudioNumbers {
  readonly codec: string;
  readonly packets: number;
  readonly bufferMilliseconds: number;
  readonly targetMilliseconds: number;
  readonly underruns: number;
  readonly pauses: number;
  readonly latestMilliseconds: number;
}

export function audioNumbers(viewer: Viewer): Promise<AudioNumbers | null> {
  return viewer.evaluate(async (element) => (await element.getStats()).audio);
}

/** What the buffer holds at the start, milliseconds: packets that are no later than this leave no gap. */
const HELD = 100;

/**
 * A gap is either the server's own, by its own clock, or one for which packets came too late. On a machine that delays
 * none by what the buffer holds there is no gap at all.
 */
export function expectNoGaps(tone: Heard, numbers: AudioNumbers | null): void {
  const told = `${JSON.stringify(numbers)}, silent: ${JSON.stringify(tone.silences)}`;
  console.log(`  ${(tone.frames / tone.rate).toFixed(1)} s of ${tone.frequency.toFixed(2)} Hz; ${told}`);
  expect(numbers, 'a playback channel').not.toBeNull();
  const { underruns, pauses, latestMilliseconds } = numbers as AudioNumbers;
  expect(tone.silences.length, told).toBeLessThanOrEqual(underruns + pauses);
  if (latestMilliseconds < HELD) expect(underruns, told).toBe(0);
}
