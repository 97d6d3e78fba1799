import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { typingRuns, usKey } from '../input/us-layout.ts';

export interface TextTyper {
  sendKey(code: string, down: boolean): void;
  /** whether the guest's clipboard can be set */
  canPaste(): boolean;
  setClipboard(text: string): void;
  /** the guest's lock state: keyModifier bits */
  lockState(): number;
}

/** Keys sent at once, and the pause after them: a guest's keyboard buffer is small. Milliseconds. */
const burst = 8;
const burstPause = 15;
/** The guest has to learn of the new clipboard before something pastes, and to fetch it before it changes. */
const grabPause = 300;
const pastePause = 400;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/**
 * Types text: characters of a US keyboard as its keys, others through the guest's clipboard and Ctrl+V.
 * @throws RangeError, before anything is typed, when a character needs the clipboard and there is none
 */
export const typeText = async (text: string, typer: TextTyper): Promise<void> => {
  const runs = typingRuns(text);
  const foreign = runs.find(({ isTypable }) => !isTypable);
  if (foreign !== undefined && !typer.canPaste()) {
    throw new RangeError(
      `"${foreign.text.slice(0, 20)}" is on no US keyboard, and the guest's clipboard, which could paste it, is not shared.`,
    );
  }
  for (const run of runs) await (run.isTypable ? typeKeys(run.text, typer) : paste(run.text, typer));
};

const typeKeys = async (text: string, typer: TextTyper): Promise<void> => {
  let sent = 0;
  for (const character of text) {
    const key = usKey(character);
    if (key === undefined) continue;
    const hasCaps = (typer.lockState() & keyModifier.capsLock) !== 0;
    const shift = hasCaps && key.code.startsWith('Key') ? !key.shift : key.shift;
    if (shift) typer.sendKey('ShiftLeft', true);
    typer.sendKey(key.code, true);
    typer.sendKey(key.code, false);
    if (shift) typer.sendKey('ShiftLeft', false);
    sent += 1;
    if (sent % burst === 0) await pause(burstPause);
  }
};

const paste = async (text: string, typer: TextTyper): Promise<void> => {
  typer.setClipboard(text);
  await pause(grabPause);
  for (const code of ['ControlLeft', 'KeyV']) typer.sendKey(code, true);
  for (const code of ['KeyV', 'ControlLeft']) typer.sendKey(code, false);
  await pause(pastePause);
};
