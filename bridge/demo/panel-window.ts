import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { palette } from './color.ts';
import { boldFont, drawText, largeFont, regularFont, textWidth } from './font.ts';
import { rectOf } from './region.ts';
import { DesktopWindow } from './window.ts';

export const PANEL_HEIGHT = 40;

/** What the status line says. */
export interface PanelStatus {
  readonly x: number;
  readonly y: number;
  /** mask, bit 0 is button 1 */
  readonly buttons: number;
  readonly lastKey: string;
  /** bits of keyModifier */
  readonly locks: number;
  readonly clientMouse: boolean;
  readonly viewers: number;
  /** milliseconds, of the last ping; undefined before any */
  readonly latency: number | undefined;
}

const buttonNames = ['left', 'middle', 'right', 'wheel up', 'wheel down', 'side', 'extra'];

const lockNames = [
  ['CAPS', keyModifier.capsLock],
  ['NUM', keyModifier.numLock],
  ['SCROLL', keyModifier.scrollLock],
] as const;

const LOCKS_AT = 428;
const CLOCK_WIDTH = 130;

/** The bar at the bottom: pointer, buttons, keys, locks, mouse mode, viewers and a clock. */
export class PanelWindow extends DesktopWindow {
  #clock = '';

  constructor(width: number, height: number) {
    super({ x: 0, y: height - PANEL_HEIGHT, width, height: PANEL_HEIGHT, background: palette.panel });
  }

  showStatus(status: PanelStatus): void {
    const { bitmap } = this;
    const area = rectOf(0, 0, bitmap.width - CLOCK_WIDTH, PANEL_HEIGHT);
    bitmap.fill(area, palette.panel);
    const held = buttonNames.filter((_, i) => ((status.buttons >> i) & 1) === 1).join(' + ');
    const middle = Math.floor((PANEL_HEIGHT - regularFont.height) / 2);
    const write = (x: number, text: string, color: number = palette.panelText): void =>
      drawText(bitmap, regularFont, x, middle, text, color);
    write(14, `x ${status.x}   y ${status.y}`);
    write(130, held === '' ? 'no button' : held, held === '' ? palette.muted : palette.accentLight);
    write(290, status.lastKey === '' ? 'no key yet' : `key ${status.lastKey}`);
    let left = LOCKS_AT;
    for (const [name, bit] of lockNames) {
      const isOn = (status.locks & bit) !== 0;
      const width = textWidth(boldFont, name) + 12;
      bitmap.fill(rectOf(left, 11, width, PANEL_HEIGHT - 22), isOn ? palette.teal : 0x2a3346);
      drawText(bitmap, boldFont, left + 6, middle, name, isOn ? palette.white : palette.muted);
      left += width + 6;
    }
    const mode = status.clientMouse ? 'absolute mouse' : 'relative mouse';
    const viewers = status.viewers === 1 ? '1 viewer' : `${status.viewers} viewers`;
    const latency = status.latency === undefined ? '' : `, ${status.latency} ms`;
    write(left + 10, `${mode},  ${viewers}${latency}`);
    this.changed(area);
  }

  override tick(now: Date): void {
    const text = now.toTimeString().slice(0, 8);
    if (text === this.#clock) return;
    this.#clock = text;
    const left = this.bitmap.width - CLOCK_WIDTH;
    const area = rectOf(left, 0, CLOCK_WIDTH, PANEL_HEIGHT);
    this.bitmap.fill(area, palette.panel);
    const width = textWidth(largeFont, text);
    drawText(this.bitmap, largeFont, left + CLOCK_WIDTH - width - 12, 5, text, palette.accentLight);
    this.changed(area);
  }
}
