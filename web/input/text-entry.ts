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
export class TextEntry {
  readonly field: HTMLTextAreaElement;
  readonly #sink: TextSink;
  readonly #isEnabled: () => boolean;
  readonly #listeners = new AbortController();

  constructor(field: HTMLTextAreaElement, sink: TextSink, isEnabled: () => boolean) {
    this.field = field;
    this.#sink = sink;
    this.#isEnabled = isEnabled;
    const options = { signal: this.#listeners.signal };
    field.addEventListener('beforeinput', (event) => this.#onBeforeInput(event), options);
    field.addEventListener('compositionend', (event) => this.#onCompositionEnd(event), options);
    // Some browsers write the composed text after its end.
    field.addEventListener('input', (event) => !(event as InputEvent).isComposing && this.#clear(), options);
  }

  dispose(): void {
    this.#listeners.abort();
    this.#clear();
  }

  #onBeforeInput(event: InputEvent): void {
    const { inputType, data } = event;
    // Compositions cannot be prevented, only cleared at their end.
    if (event.isComposing || inputType.includes('Composition')) return;
    event.preventDefault();
    if (!this.#isEnabled()) return;
    const keys = keysOf[inputType];
    if (keys !== undefined) this.#sink.pressKeys(keys);
    // What is pasted or dropped comes by those events.
    else if (['insertText', 'insertReplacementText'].includes(inputType) && data) this.#sink.typeText(data);
  }

  #onCompositionEnd({ data }: CompositionEvent): void {
    this.#clear();
    if (data !== '' && this.#isEnabled()) this.#sink.typeText(data);
  }

  #clear(): void {
    if (this.field.value !== '') this.field.value = '';
  }
}
