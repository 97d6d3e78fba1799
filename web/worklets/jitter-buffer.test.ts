import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter-buffer.ts';

const RATE = 48_000;
const PACKET = 480;
const FREQUENCY = 440;
/** The steepest that a sine of amplitude 1/2 gets from one frame to the next. */
const steepest = 0.5 * ((2 * Math.PI * FREQUENCY) / RATE);

/** A server that plays a sine, and a loudspeaker that keeps all it played. */
function session(outputRate = RATE, sourceRate = RATE) {
  const buffer = new JitterBuffer(outputRate);
  buffer.start(sourceRate);
  const played: number[] = [];
  let sent = 0;
  /** milliseconds in which nothing was sent */
  let paused = 0;
  return {
    buffer,
    played,
    send(packets = 1) {
      for (let n = 0; n < packets; n++) {
        const sine = Float32Array.from(
          { length: PACKET },
          (_, i) => 0.5 * Math.sin((2 * Math.PI * FREQUENCY * (sent + i)) / sourceRate),
        );
        buffer.push(sine, sine, Math.round((sent * 1000) / sourceRate) + 1000 + paused);
        sent += PACKET;
      }
    },
    pause(milliseconds: number) {
      paused += milliseconds;
    },
    play(frames: number) {
      const block = new Float32Array(120);
      for (let n = 0; n < frames; n += block.length) {
        buffer.pull(block, new Float32Array(block.length));
        played.push(...block);
      }
    },
  };
}

function steps(samples: readonly number[]): number {
  return samples
    .slice(1)
    .reduce((most, sample, i) => Math.max(most, Math.abs(sample - (samples[i] as number))), 0);
}

describe('JitterBuffer', () => {
  it('waits until there is enough, then plays what came, exactly', () => {
    const { buffer, played, send, play } = session();
    send(5);
    play(4800);
    expect(played.every((sample) => sample === 0)).toBe(true);
    send(7);
    play(PACKET);
    expect(buffer.heard).toBeGreaterThan(1005);
    expect(buffer.heard).toBeLessThanOrEqual(1010);
    // Past the fade it is the sine, at the same place but for the smallest correction of speed.
    const expected = 0.5 * Math.sin((2 * Math.PI * FREQUENCY * 300) / RATE);
    expect(played[4800 + 300]).toBeCloseTo(expected, 2);
  });

  it('never clicks: not at the start, not in an underrun, not at the end', () => {
    const { buffer, played, send, play } = session();
    send(15);
    play(RATE / 2);
    send(40);
    expect(buffer.underruns).toBe(1);
    play(PACKET * 10);
    buffer.stop();
    play(RATE);
    expect(buffer.underruns).toBe(1);
    expect(buffer.level).toBeLessThan(0.001);
    // What fades in or out adds a little to the sine's own slope.
    expect(steps(played)).toBeLessThan(steepest + 0.5 * (1 / 96 + 1 / 240) + 0.005);
    expect(Math.max(...played.map(Math.abs))).toBeLessThan(1.01);
  });

  it('does not take a pause of the source for lateness', () => {
    const { buffer, send, play, pause } = session();
    const first = buffer.target;
    send(20);
    play(RATE);
    pause(700);
    send(20);
    play(PACKET);
    expect(buffer.underruns).toBe(0);
    expect(buffer.target).toBe(first);
  });

  it('plays a sound that is shorter than what it waits for', () => {
    const { played, send, play } = session();
    send(5);
    play(RATE / 2);
    expect(Math.max(...played)).toBeCloseTo(0.5, 1);
  });

  it('raises what it holds after an underrun, and lowers it when all is calm', () => {
    const { buffer, send, play } = session();
    const first = buffer.target;
    send(13);
    play(RATE);
    send(20);
    expect(buffer.target).toBeGreaterThan(first);
    const raised = buffer.target;
    for (let n = 0; n < 3000; n++) {
      send();
      play(PACKET);
    }
    expect(buffer.underruns).toBe(1);
    expect(buffer.target).toBeLessThan(raised);
    expect(buffer.target).toBeGreaterThanOrEqual(0.1);
    expect(Math.abs(buffer.level - buffer.target)).toBeLessThan(0.03);
  });

  it.each([-300, 300])('follows a clock that is %d ppm off for two minutes without a gap', (ppm) => {
    const { buffer, played, send, play } = session();
    send(13);
    let owed = 0;
    for (let n = 0; n < 12_000; n++) {
      owed += PACKET * (1 + ppm / 1e6);
      for (; owed >= PACKET; owed -= PACKET) send();
      play(PACKET);
      played.length = n === 11_900 ? 0 : Math.min(played.length, PACKET * 100);
    }
    expect(buffer.underruns).toBe(0);
    expect(Math.abs(buffer.level - buffer.target)).toBeLessThan(0.03);
    expect(buffer.speed).toBeCloseTo(1 + ppm / 1e6, 3);
    expect(steps(played)).toBeLessThan(steepest * 1.02);
  });

  it('survives packets in bursts', () => {
    const { buffer, send, play } = session();
    send(13);
    for (let n = 0; n < 400; n++) {
      send(5);
      play(PACKET * 5);
    }
    expect(buffer.underruns).toBe(0);
  });

  it('skips a backlog, in bounded memory', () => {
    const { buffer, played, send, play } = session();
    send(13);
    play(PACKET);
    send(2000);
    expect(buffer.level).toBeLessThan(3);
    play(PACKET * 2);
    expect(buffer.level).toBeLessThan(buffer.target + 0.05);
    expect(steps(played)).toBeLessThan(steepest + 0.5 * (1 / 96 + 1 / 240) + 0.005);
    const heard = buffer.heard ?? 0;
    expect(heard).toBeGreaterThan(1000 + 20_000 - 200);
  });

  it('resamples 44.1 kHz', () => {
    const { played, send, play } = session(RATE, 44_100);
    send(30);
    play(PACKET * 20);
    const tail = played.slice(2400, 2400 + 4800);
    const crossings = tail.filter((sample, i) => i > 0 && sample >= 0 && (tail[i - 1] as number) < 0).length;
    expect(crossings).toBe(44);
  });

  it('holds what the server wants, and forgets what is stale', () => {
    const { buffer, send, play } = session();
    buffer.setLatency(0.3);
    send(20);
    play(PACKET);
    expect(buffer.heard).toBeUndefined();
    send(10);
    play(PACKET);
    expect(buffer.heard).toBeDefined();
    buffer.clear();
    expect(buffer.level).toBe(0);
    expect(buffer.heard).toBeUndefined();
  });

  it('plays a sound that is shorter than what it holds', () => {
    const { buffer, played, send, play } = session();
    send(3);
    buffer.stop();
    play(PACKET * 3);
    expect(played.filter((sample) => Math.abs(sample) > 0.01).length).toBeGreaterThan(PACKET * 2);
  });
});
