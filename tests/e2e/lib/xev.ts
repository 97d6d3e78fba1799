/** What an X client sees of keyboard and mouse: a full-screen xev, its events parsed. */
import { until } from '../../servers/process.ts';
import type { Xspice } from '../../servers/xspice.ts';

export interface XEvent {
  type: 'KeyPress' | 'KeyRelease' | 'ButtonPress' | 'ButtonRelease';
  /** `a`, `Shift_L`, …; empty for buttons. */
  keysym: string;
  /** 0 for keys. */
  button: number;
  /** Modifiers and buttons that were down before the event. */
  state: number;
  rootX: number;
  rootY: number;
}

const pattern =
  /(KeyPress|KeyRelease|ButtonPress|ButtonRelease) event[^]*?root:\((-?\d+),(-?\d+)\),\s+state (0x[0-9a-f]+), (?:keycode \d+ \(keysym 0x[0-9a-f]+, (\w+)\)|button (\d+))/g;

export class Xev {
  readonly #log: () => string;
  #seen = 0;

  private constructor(log: () => string) {
    this.#log = log;
  }

  /** Covers the display (without a window manager, so that nothing grabs a key) with xev's window. */
  static async start(xspice: Xspice, width = 1024, height = 768): Promise<Xev> {
    await xspice.exec('xdotool', 'mousemove', `${width >> 1}`, `${height >> 1}`);
    const size = ['-geometry', `${width}x${height}+0+0`, '-bw', '0'];
    const child = xspice.spawn('xev', ...size, '-event', 'keyboard', '-event', 'button');
    await until('xev', () => child.log().includes('KeymapNotify'), { owner: child });
    return new Xev(() => child.log());
  }

  /** All events so far, from the last `forget` on. */
  events(): XEvent[] {
    return [...this.#log().slice(this.#seen).matchAll(pattern)].map((match) => ({
      type: match[1] as XEvent['type'],
      rootX: Number(match[2]),
      rootY: Number(match[3]),
      state: Number(match[4]),
      keysym: match[5] ?? '',
      button: Number(match[6] ?? 0),
    }));
  }

  /** Short forms: `+a` and `-a` for keys, `+1` and `-1` for buttons. */
  short(): string[] {
    return this.events().map(
      ({ type, keysym, button }) => `${type.endsWith('Press') ? '+' : '-'}${keysym || button}`,
    );
  }

  forget(): void {
    this.#seen = this.#log().length;
  }
}
