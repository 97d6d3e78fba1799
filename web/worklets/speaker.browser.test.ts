import { expect, it } from 'vitest';
import { SPEAKER_NAME, type SpeakerReport, type ToSpeaker } from '../threads/sound-messages.ts';
import { addWorklet } from '../client/sound/add-worklet.ts';

const RATE = 48_000;

it('plays in a real AudioWorklet what comes through its port: 440 Hz, each side its own, no gap', async () => {
  const frames = RATE * 2;
  const context = new OfflineAudioContext({ numberOfChannels: 2, length: frames, sampleRate: RATE });
  await addWorklet(context);
  const node = new AudioWorkletNode(context, SPEAKER_NAME, { numberOfInputs: 0, outputChannelCount: [2] });
  node.connect(context.destination);
  const { port1, port2 } = new MessageChannel();
  const reported = new Promise<SpeakerReport>((resolve) => {
    port1.onmessage = (event: MessageEvent<SpeakerReport>) => resolve(event.data);
  });
  node.port.postMessage({ port: port2 }, [port2]);
  const post = (message: ToSpeaker): void => port1.postMessage(message);
  post({ kind: 'start', rate: RATE });
  for (let at = 0; at < frames; at += 480) {
    const left = Float32Array.from({ length: 480 }, (_, i) =>
      Math.sin((2 * Math.PI * 440 * (at + i)) / RATE),
    );
    post({ kind: 'samples', left, right: left.map((sample) => sample / 2), time: at / 48, afterGap: false });
  }
  post({ kind: 'stop' });
  expect((await reported).received).toBe(frames);

  const rendered = await context.startRendering();
  const left = rendered.getChannelData(0).subarray(1000, frames - 1000);
  const right = rendered.getChannelData(1).subarray(1000, frames - 1000);
  const rising = [...left.keys()].filter(
    (i) => i > 0 && (left[i] as number) >= 0 && (left[i - 1] as number) < 0,
  );
  const periods = rising.length - 1;
  expect((periods * RATE) / ((rising.at(-1) as number) - (rising[0] as number))).toBeCloseTo(440, 0);
  let steepest = 0;
  for (let i = 1; i < left.length; i++) {
    steepest = Math.max(steepest, Math.abs((left[i] as number) - (left[i - 1] as number)));
  }
  expect(steepest).toBeLessThan(((2 * Math.PI * 440) / RATE) * 1.02);
  expect(Math.max(...right)).toBeCloseTo(0.5, 2);
});

it('decodes Opus that this browser encoded, packet by packet, with the right times', async () => {
  const { OpusDecoder, decodesOpus, OPUS_RATE } = await import('../sound/opus-decoder.ts');
  expect(await decodesOpus()).toBe(true);
  const packets: Uint8Array[] = [];
  const encoder = new AudioEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      packets.push(bytes);
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({
    codec: 'opus',
    sampleRate: OPUS_RATE,
    numberOfChannels: 2,
    bitrate: 96_000,
    opus: { frameDuration: 10_000 },
  });
  const count = OPUS_RATE / 2;
  const mono = Float32Array.from(
    { length: count },
    (_, i) => Math.sin((2 * Math.PI * 440 * i) / OPUS_RATE) / 2,
  );
  const data = new Float32Array(count * 2);
  data.set(mono);
  data.set(mono, count);
  const format = 'f32-planar';
  encoder.encode(
    new AudioData({
      format,
      sampleRate: OPUS_RATE,
      numberOfFrames: count,
      numberOfChannels: 2,
      timestamp: 0,
      data,
    }),
  );
  await encoder.flush();
  expect(packets.length).toBeGreaterThan(45);

  const times: number[] = [];
  const left: number[] = [];
  const wrapping = 0xffff_ffff - 95;
  await new Promise<void>((resolve, reject) => {
    const decoder = new OpusDecoder(
      2,
      (samples, time) => {
        times.push(time);
        left.push(...samples.left);
        if (times.length >= packets.length - 2) resolve();
      },
      reject,
    );
    packets.forEach((packet, i) => decoder.decode(packet, (wrapping + i * 10) >>> 0));
  });
  // Times go on across the wrap of the u32.
  times.slice(1).forEach((time, i) => expect((time - (times[i] as number)) | 0).toBe(10));
  const steady = left.slice(OPUS_RATE / 10, OPUS_RATE / 10 + OPUS_RATE / 5);
  const crossings = steady.filter((s, i) => i > 0 && s >= 0 && (steady[i - 1] as number) < 0).length;
  expect(Math.abs(crossings - 88)).toBeLessThanOrEqual(1);
});
