import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import type { KeyboardLayout } from '../api/public-types.ts';
import { loadLayout, typingRuns } from '../common/keyboard-layouts.ts';
import { browserClock, Typist } from './typist.ts';

export interface TextTyper {
  sendKey(code: string, down: boolean): void;
  /** the guest's */
  layout(): KeyboardLayout;
  /** whether the guest's clipboard can be set */
  canPaste(): boolean;
  /** whether the guest is known to run Windows: what X11 alone has on a key is pasted there */
  isWindows?(): boolean;
  setClipboard(text: string): void;
  /** the guest's lock state: keyModifier bits */
  lockState(): number;
}

export interface TypingOptions {
  /** ends it, with the signal's reason */
  readonly signal?: AbortSignal | undefined;
  /** characters typed or pasted so far, and all of them */
  progress?(typed: number, total: number): void;
}

/** The guest has to learn of the new clipboard before something pastes, and to fetch it before it changes. */
const GRAB_PAUSE = 300;
const PASTE_PAUSE = 400;

/**
 * Types text: characters of the guest's layout as its keys, others through the guest's clipboard and Ctrl+V.
 * @throws RangeError, before anything is typed, when a character needs the clipboard and there is none; the signal's
 *   reason when it ends the typing
 */
export async function typeText(text: string, typer: TextTyper, options: TypingOptions = {}): Promise<void> {
  const { signal } = options;
  const name = typer.layout();
  const layout = await loadLayout(name);
  signal?.throwIfAborted();
  const canPaste = typer.canPaste();
  const runs = typingRuns(text, layout, canPaste && typer.isWindows?.() === true);
  const foreign = runs.find(({ isTypable }) => !isTypable);
  if (foreign !== undefined && !canPaste) {
    const why = name === 'none' ? 'is to be pasted' : `has no key of the layout "${name}"`;
    throw new RangeError(
      `"${foreign.text.slice(0, 20)}" ${why}, and the guest's clipboard is not shared. Share the clipboard, or set keyboard-layout to the guest's.`,
    );
  }
  const typist = new Typist(
    {
      sendKey: (code, down) => typer.sendKey(code, down),
      hasCapsLock: () => (typer.lockState() & keyModifier.capsLock) !== 0,
    },
    browserClock,
  );
  const lengths = runs.map((run) => [...run.text].length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  for (const [at, run] of runs.entries()) {
    const progress = (typed: number): void => options.progress?.(before + typed, total);
    const length = lengths[at] ?? 0;
    if (run.isTypable) await typist.type(run.text, layout, signal, progress);
    else await paste(run.text, typer, signal).then(() => progress(length));
    before += length;
  }
}

async function paste(text: string, typer: TextTyper, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  typer.setClipboard(text);
  await browserClock.pause(GRAB_PAUSE, signal);
  for (const code of ['ControlLeft', 'KeyV']) typer.sendKey(code, true);
  for (const code of ['KeyV', 'ControlLeft']) typer.sendKey(code, false);
  await browserClock.pause(PASTE_PAUSE, signal);
}
