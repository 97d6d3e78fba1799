import { palette } from './color.ts';
import type { CursorName } from './cursors.ts';
import { cellHeight, cellWidth, terminalGlyph } from './font.ts';
import type { KeyEvent } from './keyboard.ts';
import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { rectOf } from './region.ts';
import { DesktopWindow, titleHeight } from './window.ts';

const columns = 64;
const rows = 17;
const margin = 6;
const prompt = 'demo$ ';
const maxInput = 400;

const banner = [
  'This is a desktop without a machine: the bridge draws it.',
  'Type here; `help` lists commands. Drag windows by their titles.',
  'F9 switches between absolute and relative mouse.',
  '',
];

/** A terminal of fixed size. Characters are DRAW_TEXT, scrolling is COPY_BITS, the rest DRAW_FILL. */
export class TerminalWindow extends DesktopWindow {
  private readonly lines: string[] = [''];
  private row = 0;
  private column = 0;
  private input = '';

  constructor(x: number, y: number) {
    super({
      x,
      y,
      width: columns * cellWidth + 2 * margin + 2,
      height: rows * cellHeight + 2 * margin + titleHeight + 2,
      title: 'Terminal',
      background: palette.terminal,
    });
    this.print(`${banner.join('\n')}\n`);
    this.print(prompt, palette.terminalPrompt);
  }

  /** What the terminal shows, line by line. */
  get text(): string {
    return this.lines.join('\n');
  }

  override cursorAt(x: number, y: number): CursorName {
    return this.inTitle(x, y) ? 'move' : 'beam';
  }

  override key({ down, text, name, ctrl }: KeyEvent): void {
    if (!down) return;
    if (name === 'Backspace') this.erase();
    else if (ctrl && name === 'C') this.enter('^C', '');
    else if (ctrl && name === 'L') this.clear();
    else if (text === '\n') this.enter('', this.input);
    else if (text !== undefined && text >= ' ' && this.input.length < maxInput) {
      this.input += text;
      this.print(text);
    }
  }

  private enter(echo: string, command: string): void {
    this.print(`${echo}\n`);
    this.input = '';
    this.run(command.trim());
    this.print(prompt, palette.terminalPrompt);
  }

  private run(command: string): void {
    const [name, ...words] = command.split(/ +/);
    switch (name) {
      case '':
        return;
      case 'help':
        this.print('help  echo WORDS  date  uname  clear\n');
        return;
      case 'echo':
        this.print(`${words.join(' ')}\n`);
        return;
      case 'date':
        this.print(`${new Date().toISOString()}\n`);
        return;
      case 'uname':
        this.print('spice-viewer demo, SPICE 2.2\n');
        return;
      case 'clear':
        this.clear();
        return;
      default:
        this.print(`${name}: not found; try help\n`);
    }
  }

  private clear(): void {
    this.fill(0, rows);
    this.lines.length = 0;
    this.lines.push('');
    this.row = 0;
    this.column = 0;
    if (this.input !== '') {
      this.print(prompt, palette.terminalPrompt);
      this.print(this.input);
    }
  }

  private erase(): void {
    if (this.input === '') return;
    this.input = this.input.slice(0, -1);
    this.showCaret(false);
    if (this.column === 0) {
      this.lines.pop();
      this.row -= 1;
      this.column = columns;
    }
    this.column -= 1;
    this.lines[this.row] = this.lines[this.row].slice(0, -1);
    this.drawRun(' ', palette.terminalText);
    this.showCaret(true);
  }

  private print(text: string, color: number = palette.terminalText): void {
    this.showCaret(false);
    for (const [i, line] of text.split('\n').entries()) {
      if (i > 0) this.newLine();
      for (let rest = line; rest !== '';) {
        if (this.column === columns) this.newLine();
        const part = rest.slice(0, columns - this.column);
        this.drawRun(part, color);
        this.lines[this.row] += part;
        this.column += part.length;
        rest = rest.slice(part.length);
      }
    }
    if (this.column === columns) this.newLine();
    this.showCaret(true);
  }

  private newLine(): void {
    this.column = 0;
    this.row += 1;
    this.lines.push('');
    if (this.row < rows) return;
    const { left, top, right } = this.cells(0, 0, columns);
    const height = (rows - 1) * cellHeight;
    const box = { left, top, right, bottom: top + height };
    this.draw({ kind: 'copy', box, from: { x: left, y: top + cellHeight } });
    this.lines.shift();
    this.row = rows - 1;
    this.fill(this.row, 1);
  }

  private drawRun(text: string, color: number): void {
    const box = this.cells(this.row, this.column, text.length);
    const glyphs = [...text].map((character, i) =>
      terminalGlyph(character, box.left + i * cellWidth, box.top),
    );
    this.draw({ kind: 'text', box, glyphs, color, background: palette.terminal });
  }

  private showCaret(visible: boolean): void {
    if (this.column === columns) return;
    const { left, bottom } = this.cells(this.row, this.column, 1);
    const color = visible ? palette.accentLight : palette.terminal;
    this.draw({ kind: 'fill', box: rectOf(left, bottom - 2, cellWidth, 2), color });
  }

  private fill(row: number, count: number): void {
    const { left, top, right } = this.cells(row, 0, columns);
    const box = { left, top, right, bottom: top + count * cellHeight };
    this.draw({ kind: 'fill', box, color: palette.terminal });
  }

  private cells(row: number, column: number, count: number): Rect {
    const { left, top } = this.content;
    const x = left + margin + column * cellWidth;
    return rectOf(x, top + margin + row * cellHeight, count * cellWidth, cellHeight);
  }
}
