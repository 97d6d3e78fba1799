import { FocusField } from '../input/focus-field.ts';
import { Keyboard, type GuestLocks } from '../input/keyboard.ts';
import { PasteGate } from '../input/paste-gate.ts';
import { Pointer, type PointerScreen } from '../input/pointer.ts';
import { TextEntry } from '../input/text-entry.ts';
import type { SpiceClient } from '../client/spice-client.ts';
import type { Screen, Screens } from './screens.ts';

export interface ViewerInputOptions {
  readonly surface: HTMLElement;
  /** in the surface: what has the focus while keys go to the guest */
  readonly field: HTMLTextAreaElement;
  readonly screens: Screens;
  readonly client: SpiceClient;
  readonly locks: GuestLocks;
  isEnabled(): boolean;
  /** Something is about to be pasted in the guest: keys wait until its clipboard is right; false: it is not the guest's. */
  beforePaste(): Promise<boolean> | undefined;
  /** keys that the browser, too, is to act on */
  keepsDefault(event: KeyboardEvent): boolean;
  pointerMoved(clientX: number, clientY: number, display: number): void;
  /** for the user */
  say(note: string): void;
}

/** Keyboard and pointer of one session; disposed with it. */
export class ViewerInput {
  readonly #keyboard: Keyboard;
  readonly #pointer: Pointer;
  readonly #text: TextEntry;
  readonly #focus: FocusField;

  constructor(options: ViewerInputOptions) {
    const { client, surface, field, screens } = options;
    this.#focus = new FocusField(surface, field);
    this.#text = new TextEntry(
      field,
      {
        typeText: (text) =>
          void client
            .typeText(text)
            .catch((error: unknown) => options.say(error instanceof Error ? error.message : String(error))),
        pressKeys: (codes) => {
          for (const code of codes) client.sendKey(code, true);
          for (const code of codes.toReversed()) client.sendKey(code, false);
        },
      },
      () => options.isEnabled(),
    );
    const toPointer = (screen: Screen | undefined): PointerScreen | undefined =>
      screen === undefined ? undefined : { canvas: screen.canvas, display: screen.head.id };
    this.#keyboard = new Keyboard(
      surface,
      new PasteGate(client, () => options.beforePaste()),
      () => options.isEnabled(),
      (event) => options.keepsDefault(event),
      options.locks,
    );
    this.#pointer = new Pointer({
      surface,
      sink: client,
      screenOf: (event) => toPointer(screens.under(event)),
      nearest: (x, y) => toPointer(screens.nearest(x, y)),
      isRelative: () => client.mouseMode === 'server',
      isEnabled: () => options.isEnabled(),
      moved: (x, y, display) => options.pointerMoved(x, y, display),
    });
  }

  /** On devices without a keyboard. To be called in a gesture of the user. */
  showKeyboard(): void {
    this.#focus.showKeyboard();
  }

  /** The pictures moved under a pointer that rests. */
  pictureMoved(): void {
    this.#pointer.pictureMoved();
  }

  releaseAll(): void {
    this.#keyboard.releaseAll();
    this.#pointer.releaseAll();
  }

  dispose(): void {
    this.#keyboard.dispose();
    this.#pointer.dispose();
    this.#text.dispose();
    this.#focus.dispose();
  }
}
