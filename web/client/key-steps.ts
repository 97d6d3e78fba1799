import type { LayoutKey, LayoutTable } from '../common/keyboard-layouts.ts';
import { keyStroke } from '../common/scancodes.ts';

/** Keys that go out together, and then a pause that the guest needs for them. */
export interface KeyStep {
  readonly keys: readonly { readonly code: string; readonly down: boolean }[];
  /** what a PS/2 keyboard sends for them: scan code set 2 */
  readonly bytes: number;
  /** how many characters of the text are typed with this step */
  readonly characters: number;
}

const SHIFT = 'ShiftLeft';
const ALTGR = 'AltRight';

function bytesOf(code: string, down: boolean): number {
  const stroke = keyStroke(code, down);
  const isExtended = stroke?.kind === 'code' && stroke.code > 0xff;
  return (isExtended ? 1 : 0) + (down ? 1 : 2);
}

/** The modifiers that a text has down in the guest: they stay over characters that need the same ones. */
export class HeldModifiers {
  readonly #down = new Set<string>();
  #wasUsed = false;

  /** Whether any was ever pressed. */
  get wasUsed(): boolean {
    return this.#wasUsed;
  }

  /** Keys to bring the guest to these modifiers: first what comes up, then what goes down. */
  change(shift: boolean, altGr: boolean): { code: string; down: boolean }[] {
    const keys: { code: string; down: boolean }[] = [];
    const wanted = new Map([
      [SHIFT, shift],
      [ALTGR, altGr],
    ]);
    for (const [code, isWanted] of wanted) {
      if (!isWanted && this.#down.delete(code)) keys.push({ code, down: false });
    }
    for (const [code, isWanted] of wanted) {
      if (!isWanted || this.#down.has(code)) continue;
      this.#down.add(code);
      this.#wasUsed = true;
      keys.push({ code, down: true });
    }
    return keys;
  }
}

/** The releases that no harm comes of, wherever one was lost. */
export const modifierReleases: readonly { readonly code: string; readonly down: boolean }[] = [
  { code: SHIFT, down: false },
  { code: ALTGR, down: false },
];

function step(keys: readonly { code: string; down: boolean }[], characters: number): KeyStep {
  return { keys, bytes: keys.reduce((sum, { code, down }) => sum + bytesOf(code, down), 0), characters };
}

/** One character. @param hasCaps Caps Lock is on in the guest: it turns Shift round for letters */
export function characterSteps(
  keys: readonly LayoutKey[],
  layout: LayoutTable,
  held: HeldModifiers,
  hasCaps: boolean,
): KeyStep[] {
  const steps: KeyStep[] = [];
  for (const [at, key] of keys.entries()) {
    const change = held.change(key.shift !== (hasCaps && layout.hasCase(key)), key.altGr);
    if (change.length > 0) steps.push(step(change, 0));
    const { code } = key;
    const stroke = [
      { code, down: true },
      { code, down: false },
    ];
    steps.push(step(stroke, at === keys.length - 1 ? 1 : 0));
  }
  return steps;
}

/** All modifiers come up. */
export function lastSteps(held: HeldModifiers): KeyStep[] {
  const change = held.change(false, false);
  return change.length > 0 ? [step(change, 0)] : [];
}
