import { palette } from './color.ts';
import { drawText, regularFont, textWidth } from './font.ts';
import { DesktopWindow, TITLE_HEIGHT } from './window.ts';

/** A message in the middle of the screen; the desktop takes it away on a click or after a while. */
export class NoticeWindow extends DesktopWindow {
  constructor(screenWidth: number, screenHeight: number, text: string) {
    const width = textWidth(regularFont, text) + 60;
    const height = 70 + TITLE_HEIGHT;
    const x = Math.floor((screenWidth - width) / 2);
    const y = Math.floor((screenHeight - height) / 3);
    super({ x, y, width, height, title: 'Notice', background: palette.paper });
    drawText(this.bitmap, regularFont, 30, TITLE_HEIGHT + 26, text, palette.ink);
  }
}
