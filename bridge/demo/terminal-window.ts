import { palette } from './color.ts';
import type { CursorName } from './cursors.ts';
import { CELL_HEIGHT, CELL_WIDTH, terminalGlyph } from './font.ts';
import type { KeyEvent } from './keyboard.ts';
import type { Rect } from '@spice-viewer/shared-protocol/channels/draw-structures.ts';
import { rectOf } from './region.ts';
import { DesktopWindow, TITLE_HEIGHT } from './window.ts';

const COLUMNS = 64;
const ROWS = 17;
const MARGIN = 6;
const PROMPT = 'demo$ ';
const MAX_INPUT = 400;

const banner = [
  'This is a desktop without a machine: the bridge draws it.',
  'Type here; `help` lists commands. Drag windows by their titles.',
  'F9 switches between absolute and relative mouse.',
  '',
];

/** A terminal of fixed size. Characters are DRAW_TEXT, scrolling is COPY_BITS, the rest DRAW_FILL. */
export class TerminalWindow extends DesktopWindow {
  readonly #lines: string[] = [''];
  #row = 0;
  #column = 0;
  #input = '';

  constructor(x: number, y: number) {
    super({
      x,
      y,
      width: COLUMNS * CELL_WIDTH + 2 * MARGIN + 2,
      height: ROWS * CELL_HEIGHT + 2 * MARGIN + TITLE_HEIGHT + 2,
      title: 'Terminal',
      background: palette.terminal,
    });
    this.#print(`${banner.join('\n')}\n`);
    this.#print(PROMPT, palette.terminalPrompt);
  }

  /** What the terminal shows, line by line. */
  get text(): string {
    return this.#lines.join('\n');
  }

  override cursorAt(x: number, y: number): CursorName {
    return this.inTitle(x, y) ? 'move' : 'beam';
  }

  override key({ down, text, name, ctrl }: KeyEvent): void {
    if (!down) return;
    if (name === 'Backspace') this.#erase();
    else if (ctrl && name === 'C') this.#enter('^C', '');
    else if (ctrl && name === 'L') this.#clear();
    else if (text === '\n') this.#enter('', this.#input);
    else if (text !== undefined && text >= ' ' && this.#input.length < MAX_INPUT) {
      this.#input += text;
      this.#print(text);
    }
  }

  #enter(echo: string, command: string): void {
    this.#print(`${echo}\n`);
    this.#input = '';
    this.#run(command.trim());
    this.#print(PROMPT, palette.terminalPrompt);
  }

  #run(command: string): void {
    const [name, ...words] = command.split(/ +/);
    switch (name) {
      case '':
        return;
      case 'help':
        this.#print('help  echo WORDS  date  uname  clear\n');
        return;
      case 'echo':
        this.#print(`${words.join(' ')}\n`);
        return;
      case 'date':
        this.#print(`${new Date().toISOString()}\n`);
        return;
      case 'uname':
        this.#print('spice-viewer demo, SPICE 2.2\n');
        return;
      case 'clear':
        this.#clear();
        return;
      default:
        this.#print(`${name}: not found; try help\n`);
    }
  }

  #clear(): void {
    this.#fill(0, ROWS);
    this.#lines.length = 0;
    this.#lines.push('');
    this.#row = 0;
    this.#column = 0;
    if (this.#input !== '') {
      this.#print(PROMPT, palette.terminalPrompt);
      this.#print(this.#input);
    }
  }

  #erase(): void {
    if (this.#input === '') return;
    this.#input = this.#input.slice(0, -1);
    this.#showCaret(false);
    if (this.#column === 0) {
      this.#lines.pop();
      this.#row--;
      this.#column = COLUMNS;
    }
    this.#column--;
    this.#lines[this.#row] = this.#lines[this.#row].slice(0, -1);
    this.#drawRun(' ', palette.terminalText);
    this.#showCaret(true);
  }

  #print(text: string, color: number = palette.terminalText): void {
    this.#showCaret(false);
    for (const [i, line] of text.split('\n').entries()) {
      if (i > 0) this.#newLine();
      for (let rest = line; rest !== '';) {
        if (this.#column === COLUMNS) this.#newLine();
        const part = rest.slice(0, COLUMNS - this.#column);
        this.#drawRun(part, color);
        this.#lines[this.#row] += part;
        this.#column += part.length;
        rest = rest.slice(part.length);
      }
    }
    if (this.#column === COLUMNS) this.#newLine();
    this.#showCaret(true);
  }

  #newLine(): void {
    this.#column = 0;
    this.#row++;
    this.#lines.push('');
    if (this.#row < ROWS) return;
    const { left, top, right } = this.#cells(0, 0, COLUMNS);
    const height = (ROWS - 1) * CELL_HEIGHT;
    const box = { left, top, right, bottom: top + height };
    this.draw({ kind: 'copy', box, from: { x: left, y: top + CELL_HEIGHT } });
    this.#lines.shift();
    this.#row = ROWS - 1;
    this.#fill(this.#row, 1);
  }

  #drawRun(text: string, color: number): void {
    const box = this.#cells(this.#row, this.#column, text.length);
    const glyphs = [...text].map((character, i) =>
      terminalGlyph(character, box.left + i * CELL_WIDTH, box.top),
    );
    this.draw({ kind: 'text', box, glyphs, color, background: palette.terminal });
  }

  #showCaret(visible: boolean): void {
    if (this.#column === COLUMNS) return;
    const { left, bottom } = this.#cells(this.#row, this.#column, 1);
    const color = visible ? palette.accentLight : palette.terminal;
    this.draw({ kind: 'fill', box: rectOf(left, bottom - 2, CELL_WIDTH, 2), color });
  }

  #fill(row: number, count: number): void {
    const { left, top, right } = this.#cells(row, 0, COLUMNS);
    const box = { left, top, right, bottom: top + count * CELL_HEIGHT };
    this.draw({ kind: 'fill', box, color: palette.terminal });
  }

  #cells(row: number, column: number, count: number): Rect {
    const { left, top } = this.content;
    const x = left + MARGIN + column * CELL_WIDTH;
    return rectOf(x, top + MARGIN + row * CELL_HEIGHT, count * CELL_WIDTH, CELL_HEIGHT);
  }
}
