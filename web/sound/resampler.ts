/** From one rate to another by straight lines: good for voices, where a browser insists on its device's rate. */
export class Resampler {
  readonly #step: number;
  /** the last frame of the piece before, then this piece: where the next frame lies between them */
  #position = 0;
  #last = 0;

  constructor(from: number, to: number) {
    this.#step = from / to;
  }

  /** @param samples all that came since the last call */
  take(samples: Float32Array): Float32Array {
    const out = new Float32Array(Math.ceil(samples.length / this.#step) + 1);
    let count = 0;
    for (; this.#position < samples.length; count++) {
      const whole = Math.floor(this.#position);
      const before = whole === 0 ? this.#last : (samples[whole - 1] as number);
      out[count] = before + ((samples[whole] as number) - before) * (this.#position - whole);
      this.#position += this.#step;
    }
    this.#position -= samples.length;
    this.#last = samples.at(-1) ?? this.#last;
    return out.subarray(0, count);
  }
}
