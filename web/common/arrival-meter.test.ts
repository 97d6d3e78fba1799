import { describe, expect, it } from 'vitest';
import { ArrivalMeter } from './arrival-meter.ts';

describe('ArrivalMeter', () => {
  it('says how much later than the promptest packet the tardiest came, also across the wrap', () => {
    const meter = new ArrivalMeter();
    const first = 0xffff_fffb;
    for (const [n, at] of [1000, 1008, 1045, 1046, 1039].entries()) {
      meter.packet((first + n * 10) >>> 0, 10, at);
    }
    expect(meter.latest).toBe(27);
    expect(meter.pauses).toBe(0);
    meter.reset();
    expect(meter.latest).toBe(0);
  });

  it('counts the times when the server itself made no sound', () => {
    const meter = new ArrivalMeter();
    for (const time of [0, 10, 20, 30, 500, 510, 900]) meter.packet(time, 10, time);
    expect(meter.pauses).toBe(2);
    expect(meter.latest).toBe(0);
  });
});
