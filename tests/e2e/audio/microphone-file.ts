/** Chromium's fake microphone: a file that it plays again and again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchOptions } from '@playwright/test';
import { chromiumLaunch } from '../../browsers/chromium.ts';
import { makeDirectory } from '../../servers/process.ts';
import { sine } from './tone.ts';

const RATE = 48_000;

/** @param frequency whole periods fit into its second */
function toneFile(frequency: number): string {
  const samples = sine(frequency, 1);
  const header = Buffer.alloc(44);
  header.write('RIFF');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  const file = join(makeDirectory('microphone-'), 'tone.wav');
  writeFileSync(file, Buffer.concat([header, samples]));
  return file;
}

/** For `test.use`: the browser hears a tone. */
export function withMicrophone(frequency: number): LaunchOptions {
  return {
    ...chromiumLaunch,
    args: [...(chromiumLaunch.args ?? []), `--use-file-for-fake-audio-capture=${toneFile(frequency)}`],
  };
}
