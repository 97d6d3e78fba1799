import { timeDifference } from '../common/media-clock.ts';
import { SHORTEST_PAUSE } from '../common/arrival-meter.ts';

/** Frames that the ring holds, a power of two: 2.7 seconds at 48 kHz. */
const CAPACITY = 1 << 17;
const MASK = CAPACITY - 1;

/** All in seconds. */
const FIRST_TARGET = 0.12;
const LOWEST_TARGET = 0.1;
const HIGHEST_TARGET = 0.6;
/** What the buffer should keep at its lowest moment. */
const RESERVE = 0.03;
/** How long the lowest moment is looked for before less is tried, and how much less. */
const CALM_WINDOW = 5;
const CALM_STEP = 0.01;
/** So much more than wanted is not played faster but skipped. */
const EXCESS = 0.4;
const FADE_IN = 0.005;
const TAIL_TIME = 0.002;
const AVERAGE_TIME = 0.5;

/** Correction of the speed for each second of surplus, and its limit: three in a thousand are not heard. */
const CORRECTION_GAIN = 0.1;
const CORRECTION_LIMIT = 0.003;

/** Frames around a position that interpolation reads. */
const REACH = 3;

/**
 * Sound between an uneven network and an even loudspeaker; pure, so that it is the same in a worklet and in a test.
 * It holds about as much as the network's unevenness needs, follows the drift of the two clocks by resampling a
 * little, and hides every jump (start, underrun, skip) behind a fade, so that nothing clicks. Memory is fixed.
 */
export class JitterBuffer {
  underruns = 0;
  readonly #outputRate: number;
  readonly #left = new Float32Array(CAPACITY);
  readonly #right = new Float32Array(CAPACITY);
  #rate: number;
  /** frames that were ever written, and that were ever played, with a fraction */
  #written = 0;
  #position = 0;
  #isPlaying = false;
  #isDraining = false;
  /** nothing was left to be played; what comes next tells why */
  #isDry = false;
  /** seconds for which some sound waited for more */
  #waited = 0;
  #wanted = FIRST_TARGET;
  #latency = 0;
  #average = 0;
  #lowest = Infinity;
  #calm = 0;
  /** multimedia time of the frame `timeFrame` */
  #time = 0;
  #timeFrame = -1;
  #envelope = 0;
  #lastLeft = 0;
  #lastRight = 0;
  #tailLeft = 0;
  #tailRight = 0;

  /** @param outputRate frames a second that `pull` is called for */
  constructor(outputRate: number) {
    this.#outputRate = outputRate;
    this.#rate = outputRate;
  }

  /** Seconds that are waiting to be played. */
  get level(): number {
    return (this.#written - this.#position) / this.#rate;
  }

  /** Seconds that should be waiting. */
  get target(): number {
    return Math.max(this.#wanted, this.#latency);
  }

  /** Speed against the source's clock at the moment, 1 is even. */
  get speed(): number {
    if (this.#isDraining) return 1;
    const surplus = (this.#average - this.target) * CORRECTION_GAIN;
    return 1 + Math.max(-CORRECTION_LIMIT, Math.min(CORRECTION_LIMIT, surplus));
  }

  /** Multimedia time (u32 milliseconds) of what is played now; undefined while nothing is. */
  get heard(): number | undefined {
    if (!this.#isPlaying || this.#timeFrame < 0) return undefined;
    return (this.#time + Math.round(((this.#position - this.#timeFrame) / this.#rate) * 1000)) >>> 0;
  }

  /** @param seconds the least that the server wants to wait, to line sound up with video */
  setLatency(seconds: number): void {
    this.#latency = Math.max(0, Math.min(HIGHEST_TARGET * 2, seconds));
  }

  /** A stream begins. @param rate frames a second of what will be pushed */
  start(rate: number): void {
    if (rate !== this.#rate) this.clear();
    this.#rate = rate;
    this.#isDraining = false;
    this.#isDry = false;
    this.#lowest = Infinity;
    this.#calm = 0;
  }

  /** The stream is over: what is there is played to its end. */
  stop(): void {
    this.#isDraining = true;
  }

  /** What is waiting is stale. */
  clear(): void {
    this.#jumpTo(this.#written);
    this.#isPlaying = false;
    this.#isDry = false;
    this.#timeFrame = -1;
  }

  /** @param time multimedia time of the first frame, u32 milliseconds */
  push(left: Float32Array, right: Float32Array, time: number): void {
    const count = Math.min(left.length, right.length, CAPACITY / 2);
    if (this.#isDry) this.#wetAgain(time);
    this.#time = time;
    this.#timeFrame = this.#written;
    for (let i = 0; i < count; i++) {
      const at = (this.#written + i) & MASK;
      this.#left[at] = left[i] as number;
      this.#right[at] = right[i] as number;
    }
    this.#written += count;
    // Nobody pulls from a page that may not play yet.
    if (this.#written - this.#position > CAPACITY - REACH * 2) {
      this.#jumpTo(this.#written - Math.round(this.target * this.#rate));
    }
  }

  /** Fills both, whole. */
  pull(left: Float32Array, right: Float32Array): void {
    const frames = left.length;
    this.#adapt(frames / this.#outputRate);
    const step = (this.#rate / this.#outputRate) * this.speed;
    const decay = Math.exp(-1 / (TAIL_TIME * this.#outputRate));
    const rise = 1 / (FADE_IN * this.#outputRate);
    for (let i = 0; i < frames; i++) {
      if (this.#isPlaying && this.#position + REACH > this.#written) this.#runDry();
      let l = this.#tailLeft;
      let r = this.#tailRight;
      this.#tailLeft *= decay;
      this.#tailRight *= decay;
      if (this.#isPlaying) {
        this.#envelope = Math.min(1, this.#envelope + rise);
        l += this.#envelope * interpolate(this.#left, this.#position);
        r += this.#envelope * interpolate(this.#right, this.#position);
        this.#position += step;
      }
      left[i] = l;
      right[i] = r;
      this.#lastLeft = l;
      this.#lastRight = r;
    }
  }

  /** Before a block of `seconds` is played: begins, skips, and learns how much has to wait. */
  #adapt(seconds: number): void {
    const { level, target } = this;
    if (!this.#isPlaying) {
      const hasSome = this.#written - this.#position > REACH;
      this.#waited = hasSome ? this.#waited + seconds : 0;
      // A short sound never becomes enough.
      const hasEnough = hasSome && (this.#isDraining || level >= target || this.#waited > target * 2);
      if (!hasEnough) return;
      this.#isPlaying = true;
      this.#average = level;
      this.#jumpTo(this.#position);
    }
    if (this.#isDraining) return;
    if (level > target + EXCESS) {
      this.#jumpTo(this.#written - Math.round(target * this.#rate));
      this.#average = target;
    }
    this.#average += (this.level - this.#average) * Math.min(1, seconds / AVERAGE_TIME);
    this.#lowest = Math.min(this.#lowest, this.level);
    this.#calm += seconds;
    if (this.#calm < CALM_WINDOW) return;
    if (this.#lowest < RESERVE) this.#wanted = Math.min(HIGHEST_TARGET, this.#wanted + CALM_STEP);
    else if (this.#lowest > RESERVE + CALM_STEP)
      this.#wanted = Math.max(LOWEST_TARGET, this.#wanted - CALM_STEP);
    this.#lowest = Infinity;
    this.#calm = 0;
  }

  #runDry(): void {
    this.#jumpTo(this.#position);
    this.#isPlaying = false;
    this.#isDry = !this.#isDraining;
    this.#waited = 0;
    this.#lowest = Infinity;
    this.#calm = 0;
  }

  /** Sound of that time comes to an empty buffer: late, or because the source made a pause. */
  #wetAgain(time: number): void {
    this.#isDry = false;
    const expected = this.#time + Math.round(((this.#written - this.#timeFrame) / this.#rate) * 1000);
    if (timeDifference(time, expected) > SHORTEST_PAUSE) return;
    this.underruns++;
    this.#wanted = Math.min(HIGHEST_TARGET, this.#wanted * 1.5);
  }

  /** What was heard last fades out, what comes fades in. */
  #jumpTo(position: number): void {
    this.#position = Math.max(0, position);
    this.#tailLeft = this.#lastLeft;
    this.#tailRight = this.#lastRight;
    this.#envelope = 0;
  }
}

/** Catmull-Rom through the four frames around a position. */
function interpolate(ring: Float32Array, position: number): number {
  const whole = Math.floor(position);
  const f = position - whole;
  const a = ring[(whole - 1) & MASK] as number;
  const b = ring[whole & MASK] as number;
  const c = ring[(whole + 1) & MASK] as number;
  const d = ring[(whole + 2) & MASK] as number;
  return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
}
