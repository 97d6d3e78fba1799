import type { SpiceClient } from '../client/spice-client.ts';
import { Disposables, type Disposable } from '../common/disposables.ts';
import { FocusField } from '../input/focus-field.ts';
import type { InputPolicy } from '../input/input-policy.ts';
import { Keyboard } from '../input/keyboard.ts';
import { PasteGate } from '../input/paste-gate.ts';
import { Pointer, type PointerScreen } from '../input/pointer.ts';
import { TextEntry, type TextSink } from '../input/text-entry.ts';
import type { Screen, Screens } from './screens.ts';

export interface ViewerInputOptions {
  readonly surface: HTMLElement;
  /** in the surface: what has the focus while keys go to the guest */
  readonly field: HTMLTextAreaElement;
  readonly screens: Screens;
  readonly client: SpiceClient;
  readonly policy: InputPolicy;
  pointerMoved(clientX: number, clientY: number, display: number): void;
}

/** Keyboard and pointer of one view, for as long as it takes part in a client's sessions. */
export class ViewerInput implements Disposable {
  readonly #keyboard: Keyboard;
  readonly #pointer: Pointer;
  readonly #focus: FocusField;
  readonly #held = new Disposables();

  constructor(options: ViewerInputOptions) {
    const { client, surface, field, screens, policy } = options;
    this.#focus = this.#held.use(new FocusField(surface, field));
    const typeText = (text: string): void =>
      void client
        .typeText(text)
        .catch((error: unknown) => policy.say(error instanceof Error ? error.message : String(error)));
    this.#keyboard = this.#held.use(
      new Keyboard(surface, new PasteGate(client, policy), policy, { typeText }),
    );
    const sink: TextSink = {
      typeText: (text) => this.#keyboard.isOfSentKey(text) || typeText(text),
      pressKeys: (codes) => {
        for (const code of codes) client.sendKey(code, true);
        for (const code of codes.toReversed()) client.sendKey(code, false);
      },
    };
    this.#held.use(new TextEntry(field, sink, policy));
    const toPointer = (screen: Screen | undefined): PointerScreen | undefined =>
      screen === undefined ? undefined : { canvas: screen.canvas, display: screen.head.id };
    this.#pointer = this.#held.use(
      new Pointer({
        surface,
        sink: client,
        policy,
        screenOf: (event) => toPointer(screens.under(event)),
        nearest: (x, y) => toPointer(screens.nearest(x, y)),
        isRelative: () => client.mouseMode === 'server',
        moved: (x, y, display) => options.pointerMoved(x, y, display),
      }),
    );
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
    this.#held.dispose();
  }
}
