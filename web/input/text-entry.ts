import { Disposables, type Disposable } from '../common/disposables.ts';
import type { InputPolicy } from './input-policy.ts';

/** Where text goes that came as characters and not as keys. */
export interface TextSink {
  typeText(text: string): void;
  /** presses and releases; codes as `KeyboardEvent.code` */
  pressKeys(codes: readonly string[]): void;
}

/** What on-screen keyboards do in place of keys. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  insertLineBreak: ['Enter'],
  insertParagraph: ['Enter'],
  deleteContentBackward: ['Backspace'],
  deleteContentForward: ['Delete'],
  deleteWordBackward: ['ControlLeft', 'Backspace'],
  deleteWordForward: ['ControlLeft', 'Delete'],
};

/**
 * The invisible field that has the focus while the viewer has the keyboard: input methods and on-screen
 * keyboards only write into a field. What they compose is typed once it is final; nothing stays in the field.
 */
export class TextEntry implements Disposable {
  readonly field: HTMLTextAreaElement;
  readonly #sink: TextSink;
  readonly #policy: Pick<InputPolicy, 'enabled'>;
  readonly #held = new Disposables();

  constructor(field: HTMLTextAreaElement, sink: TextSink, policy: Pick<InputPolicy, 'enabled'>) {
    this.field = field;
    this.#sink = sink;
    this.#policy = policy;
    this.#held.listen(field, 'beforeinput', (event) => this.#onBeforeInput(event));
    this.#held.listen(field, 'compositionend', (event) => this.#onCompositionEnd(event));
    // Some browsers write the composed text after its end.
    this.#held.listen(field, 'input', (event: InputEvent) => !event.isComposing && this.#clear());
  }

  dispose(): void {
    this.#held.dispose();
    this.#clear();
  }

  #onBeforeInput(event: InputEvent): void {
    const { inputType, data } = event;
    // Compositions cannot be prevented, only cleared at their end.
    if (event.isComposing || inputType.includes('Composition')) return;
    event.preventDefault();
    if (!this.#policy.enabled) return;
    const keys = keysOf[inputType];
    if (keys !== undefined) this.#sink.pressKeys(keys);
    // What is pasted or dropped comes by those events.
    else if (['insertText', 'insertReplacementText'].includes(inputType) && data) this.#sink.typeText(data);
  }

  #onCompositionEnd({ data }: CompositionEvent): void {
    this.#clear();
    if (data !== '' && this.#policy.enabled) this.#sink.typeText(data);
  }

  #clear(): void {
    if (this.field.value !== '') this.field.value = '';
  }
}
