/** A tone into an Xspice server's FIFO, and what the page's audio graph makes of it. */
import { execFileSync } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Page } from '@playwright/test';
import type { Xspice } from '../../servers/xspice.ts';

const rate = 48_000;

/** Signed 16 bit, little endian, stereo. */
export const sine = (frequency: number, seconds: number): Buffer => {
  const frames = Math.round(rate * seconds);
  const bytes = Buffer.alloc(frames * 4);
  for (let i = 0; i < frames; i += 1) {
    const sample = Math.round(16_000 * Math.sin((2 * Math.PI * frequency * i) / rate));
    bytes.writeInt16LE(sample, i * 4);
    bytes.writeInt16LE(sample, i * 4 + 2);
  }
  return bytes;
};

/** The server finds FIFOs only when they are made while it runs and a client is connected. */
export const playTone = async (xspice: Xspice, frequency: number, seconds: number): Promise<void> => {
  const fifo = join(xspice.dir, 'fifo', `tone-${frequency}-${Date.now()}`);
  execFileSync('mkfifo', [fifo]);
  const stream: WriteStream = createWriteStream(fifo);
  stream.end(sine(frequency, seconds));
  await finished(stream);
};

interface Heard {
  samples: number[];
  rate: number;
  contexts: { state: string }[];
}

/** Before the page loads: every AudioContext also feeds a recorder, and can be asked for its state. */
export const tapAudio = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const heard: Heard = { samples: [], rate: 0, contexts: [] };
    Object.assign(globalThis, { heard });
    const connect = AudioNode.prototype.connect as (this: AudioNode, ...args: unknown[]) => unknown;
    AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
      const [target] = args;
      if (target instanceof AudioDestinationNode && this.context instanceof AudioContext) {
        heard.rate = this.context.sampleRate;
        heard.contexts.push(this.context);
        const recorder = this.context.createScriptProcessor(4096, 1, 1);
        recorder.addEventListener('audioprocess', (event) => {
          const samples = event.inputBuffer.getChannelData(0);
          // Silence before and after is not kept.
          if (heard.samples.length > 0 || samples.some((sample) => sample !== 0))
            heard.samples.push(...samples);
        });
        connect.call(this, recorder);
        connect.call(recorder, this.context.destination);
      }
      return connect.apply(this, args);
    } as typeof AudioNode.prototype.connect;
  });
};

export const heard = (page: Page): Promise<{ samples: number[]; rate: number }> =>
  page.evaluate(() => {
    const { samples, rate } = (globalThis as unknown as { heard: Heard }).heard;
    return { samples, rate };
  });

/** Frames heard so far; far cheaper than the frames themselves. */
export const heardFrames = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.samples.length);

export const contextStates = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { heard: Heard }).heard.contexts.map(({ state }) => state));

/** The longest run that is (nearly) silent, in frames; the ends of the recording do not count. */
export const longestSilence = (samples: readonly number[]): number => {
  let longest = 0;
  let run = 0;
  for (const sample of samples) {
    run = Math.abs(sample) < 0.001 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
};

/** Periods a second, from the first rising zero crossing to the last. */
export const frequencyOf = (samples: readonly number[], sampleRate: number): number => {
  const crossings: number[] = [];
  for (let i = 1; i < samples.length; i += 1) {
    const [a, b] = [samples[i - 1] as number, samples[i] as number];
    if (a < 0 && b >= 0) crossings.push(i - b / (b - a));
  }
  const seconds = ((crossings.at(-1) ?? 0) - (crossings[0] ?? 0)) / sampleRate;
  return (crossings.length - 1) / seconds;
};

/** The largest step from one frame to the next: a click is larger than the sine's own slope. */
export const largestStep = (samples: readonly number[]): number => {
  let most = 0;
  for (let i = 1; i < samples.length; i += 1) {
    most = Math.max(most, Math.abs((samples[i] as number) - (samples[i - 1] as number)));
  }
  return most;
};
