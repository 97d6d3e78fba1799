import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import type { KeyboardLayout } from '../api/public-types.ts';
import { layoutKey, typingRuns } from '../common/keyboard-layouts.ts';

export interface TextTyper {
  sendKey(code: string, down: boolean): void;
  /** the guest's */
  layout(): KeyboardLayout;
  /** whether the guest's clipboard can be set */
  canPaste(): boolean;
  setClipboard(text: string): void;
  /** the guest's lock state: keyModifier bits */
  lockState(): number;
}

/** Keys sent at once, and the pause after them: a guest's keyboard buffer is small. Milliseconds. */
const BURST = 8;
const BURST_PAUSE = 15;
/** The guest has to learn of the new clipboard before something pastes, and to fetch it before it changes. */
const GRAB_PAUSE = 300;
const PASTE_PAUSE = 400;

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}

/**
 * Types text: characters of the guest's layout as its keys, others through the guest's clipboard and Ctrl+V.
 * @throws RangeError, before anything is typed, when a character needs the clipboard and there is none; the signal's
 *   reason when it ends the typing
 */
export async function typeText(text: string, typer: TextTyper, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const layout = typer.layout();
  const runs = typingRuns(text, layout);
  const foreign = runs.find(({ isTypable }) => !isTypable);
  if (foreign !== undefined && !typer.canPaste()) {
    const why = layout === 'none' ? 'is to be pasted' : `has no key of the layout "${layout}"`;
    throw new RangeError(
      `"${foreign.text.slice(0, 20)}" ${why}, and the guest's clipboard is not shared. Share the clipboard, or set keyboard-layout to the guest's.`,
    );
  }
  for (const run of runs) {
    await (run.isTypable ? typeKeys(run.text, layout, typer, signal) : paste(run.text, typer, signal));
  }
}

async function typeKeys(
  text: string,
  layout: KeyboardLayout,
  typer: TextTyper,
  signal: AbortSignal,
): Promise<void> {
  let sent = 0;
  for (const character of text) {
    const key = layoutKey(layout, character);
    if (key === undefined) continue;
    const modifier = modifierFor(character, key, (typer.lockState() & keyModifier.capsLock) !== 0);
    if (modifier !== undefined) typer.sendKey(modifier, true);
    typer.sendKey(key.code, true);
    typer.sendKey(key.code, false);
    if (modifier !== undefined) typer.sendKey(modifier, false);
    sent++;
    if (sent % BURST === 0) await pause(BURST_PAUSE, signal);
  }
}

/** Caps Lock turns Shift round for letters. */
function modifierFor(
  character: string,
  { shift, altGr }: { shift: boolean; altGr: boolean },
  hasCaps: boolean,
): string | undefined {
  if (altGr) return 'AltRight';
  const isLetter = character.toLowerCase() !== character.toUpperCase();
  return shift !== (hasCaps && isLetter) ? 'ShiftLeft' : undefined;
}

async function paste(text: string, typer: TextTyper, signal: AbortSignal): Promise<void> {
  typer.setClipboard(text);
  await pause(GRAB_PAUSE, signal);
  for (const code of ['ControlLeft', 'KeyV']) typer.sendKey(code, true);
  for (const code of ['KeyV', 'ControlLeft']) typer.sendKey(code, false);
  await pause(PASTE_PAUSE, signal);
}
