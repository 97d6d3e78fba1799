import { timeDifference } from '../common/media-clock.ts';
import { shortestPause } from '../common/arrival-meter.ts';

/** Frames that the ring holds, a power of two: 2.7 seconds at 48 kHz. */
const capacity = 1 << 17;
const mask = capacity - 1;

/** All in seconds. */
const firstTarget = 0.12;
const lowestTarget = 0.1;
const highestTarget = 0.6;
/** What the buffer should keep at its lowest moment. */
const reserve = 0.03;
/** How long the lowest moment is looked for before less is tried, and how much less. */
const calmWindow = 5;
const calmStep = 0.01;
/** So much more than wanted is not played faster but skipped. */
const excess = 0.4;
const fadeIn = 0.005;
const tailTime = 0.002;
const averageTime = 0.5;

/** Correction of the speed for each second of surplus, and its limit: three in a thousand are not heard. */
const correctionGain = 0.1;
const correctionLimit = 0.003;

/** Frames around a position that interpolation reads. */
const reach = 3;

/**
 * Sound between an uneven network and an even loudspeaker; pure, so that it is the same in a worklet and in a test.
 * It holds about as much as the network's unevenness needs, follows the drift of the two clocks by resampling a
 * little, and hides every jump (start, underrun, skip) behind a fade, so that nothing clicks. Memory is fixed.
 */
export class JitterBuffer {
  underruns = 0;
  private readonly outputRate: number;
  private readonly left = new Float32Array(capacity);
  private readonly right = new Float32Array(capacity);
  private rate: number;
  /** frames that were ever written, and that were ever played, with a fraction */
  private written = 0;
  private position = 0;
  private isPlaying = false;
  private isDraining = false;
  /** nothing was left to be played; what comes next tells why */
  private isDry = false;
  /** seconds for which some sound waited for more */
  private waited = 0;
  private wanted = firstTarget;
  private latency = 0;
  private average = 0;
  private lowest = Infinity;
  private calm = 0;
  /** multimedia time of the frame `timeFrame` */
  private time = 0;
  private timeFrame = -1;
  private envelope = 0;
  private lastLeft = 0;
  private lastRight = 0;
  private tailLeft = 0;
  private tailRight = 0;

  /** @param outputRate frames a second that `pull` is called for */
  constructor(outputRate: number) {
    this.outputRate = outputRate;
    this.rate = outputRate;
  }

  /** Seconds that are waiting to be played. */
  get level(): number {
    return (this.written - this.position) / this.rate;
  }

  /** Seconds that should be waiting. */
  get target(): number {
    return Math.max(this.wanted, this.latency);
  }

  /** Speed against the source's clock at the moment, 1 is even. */
  get speed(): number {
    if (this.isDraining) return 1;
    const surplus = (this.average - this.target) * correctionGain;
    return 1 + Math.max(-correctionLimit, Math.min(correctionLimit, surplus));
  }

  /** Multimedia time (u32 milliseconds) of what is played now; undefined while nothing is. */
  get heard(): number | undefined {
    if (!this.isPlaying || this.timeFrame < 0) return undefined;
    return (this.time + Math.round(((this.position - this.timeFrame) / this.rate) * 1000)) >>> 0;
  }

  /** @param seconds the least that the server wants to wait, to line sound up with video */
  setLatency(seconds: number): void {
    this.latency = Math.max(0, Math.min(highestTarget * 2, seconds));
  }

  /** A stream begins. @param rate frames a second of what will be pushed */
  start(rate: number): void {
    if (rate !== this.rate) this.clear();
    this.rate = rate;
    this.isDraining = false;
    this.isDry = false;
    this.lowest = Infinity;
    this.calm = 0;
  }

  /** The stream is over: what is there is played to its end. */
  stop(): void {
    this.isDraining = true;
  }

  /** What is waiting is stale. */
  clear(): void {
    this.jumpTo(this.written);
    this.isPlaying = false;
    this.isDry = false;
    this.timeFrame = -1;
  }

  /** @param time multimedia time of the first frame, u32 milliseconds */
  push(left: Float32Array, right: Float32Array, time: number): void {
    const count = Math.min(left.length, right.length, capacity / 2);
    if (this.isDry) this.wetAgain(time);
    this.time = time;
    this.timeFrame = this.written;
    for (let i = 0; i < count; i += 1) {
      const at = (this.written + i) & mask;
      this.left[at] = left[i] as number;
      this.right[at] = right[i] as number;
    }
    this.written += count;
    // Nobody pulls from a page that may not play yet.
    if (this.written - this.position > capacity - reach * 2) {
      this.jumpTo(this.written - Math.round(this.target * this.rate));
    }
  }

  /** Fills both, whole. */
  pull(left: Float32Array, right: Float32Array): void {
    const frames = left.length;
    this.adapt(frames / this.outputRate);
    const step = (this.rate / this.outputRate) * this.speed;
    const decay = Math.exp(-1 / (tailTime * this.outputRate));
    const rise = 1 / (fadeIn * this.outputRate);
    for (let i = 0; i < frames; i += 1) {
      if (this.isPlaying && this.position + reach > this.written) this.runDry();
      let l = this.tailLeft;
      let r = this.tailRight;
      this.tailLeft *= decay;
      this.tailRight *= decay;
      if (this.isPlaying) {
        this.envelope = Math.min(1, this.envelope + rise);
        l += this.envelope * interpolate(this.left, this.position);
        r += this.envelope * interpolate(this.right, this.position);
        this.position += step;
      }
      left[i] = l;
      right[i] = r;
      this.lastLeft = l;
      this.lastRight = r;
    }
  }

  /** Before a block of `seconds` is played: begins, skips, and learns how much has to wait. */
  private adapt(seconds: number): void {
    const { level, target } = this;
    if (!this.isPlaying) {
      const hasSome = this.written - this.position > reach;
      this.waited = hasSome ? this.waited + seconds : 0;
      // A short sound never becomes enough.
      const hasEnough = hasSome && (this.isDraining || level >= target || this.waited > target * 2);
      if (!hasEnough) return;
      this.isPlaying = true;
      this.average = level;
      this.jumpTo(this.position);
    }
    if (this.isDraining) return;
    if (level > target + excess) {
      this.jumpTo(this.written - Math.round(target * this.rate));
      this.average = target;
    }
    this.average += (this.level - this.average) * Math.min(1, seconds / averageTime);
    this.lowest = Math.min(this.lowest, this.level);
    this.calm += seconds;
    if (this.calm < calmWindow) return;
    if (this.lowest < reserve) this.wanted = Math.min(highestTarget, this.wanted + calmStep);
    else if (this.lowest > reserve + calmStep) this.wanted = Math.max(lowestTarget, this.wanted - calmStep);
    this.lowest = Infinity;
    this.calm = 0;
  }

  private runDry(): void {
    this.jumpTo(this.position);
    this.isPlaying = false;
    this.isDry = !this.isDraining;
    this.waited = 0;
    this.lowest = Infinity;
    this.calm = 0;
  }

  /** Sound of that time comes to an empty buffer: late, or because the source made a pause. */
  private wetAgain(time: number): void {
    this.isDry = false;
    const expected = this.time + Math.round(((this.written - this.timeFrame) / this.rate) * 1000);
    if (timeDifference(time, expected) > shortestPause) return;
    this.underruns += 1;
    this.wanted = Math.min(highestTarget, this.wanted * 1.5);
  }

  /** What was heard last fades out, what comes fades in. */
  private jumpTo(position: number): void {
    this.position = Math.max(0, position);
    this.tailLeft = this.lastLeft;
    this.tailRight = this.lastRight;
    this.envelope = 0;
  }
}

/** Catmull-Rom through the four frames around a position. */
const interpolate = (ring: Float32Array, position: number): number => {
  const whole = Math.floor(position);
  const f = position - whole;
  const a = ring[(whole - 1) & mask] as number;
  const b = ring[whole & mask] as number;
  const c = ring[(whole + 1) & mask] as number;
  const d = ring[(whole + 2) & mask] as number;
  return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
};
