import { Disposables, type Disposable } from '../common/disposables.ts';

/**
 * Leads the focus of a surface to the field in it that takes text, and keeps that field where the user
 * works: windows of input methods open beside it.
 */
export class FocusField implements Disposable {
  readonly #surface: HTMLElement;
  readonly #field: HTMLTextAreaElement;
  readonly #held = new Disposables();

  constructor(surface: HTMLElement, field: HTMLTextAreaElement) {
    this.#surface = surface;
    this.#field = field;
    this.#held.listen(surface, 'focus', () => field.focus({ preventScroll: true }));
    this.#held.listen(surface, 'pointerdown', (event) => this.#onPointerDown(event), { capture: true });
    this.#held.listen(
      surface,
      'focusout',
      ({ relatedTarget }: FocusEvent) => surface.contains(relatedTarget as Node | null) || this.#onBlur(),
    );
    // Each tap would bring the on-screen keyboard up.
    if (field.ownerDocument.defaultView?.matchMedia('(pointer: coarse)').matches) field.inputMode = 'none';
    if (surface.matches(':focus')) field.focus({ preventScroll: true });
  }

  /** On devices without a keyboard. To be called in a gesture of the user. */
  showKeyboard(): void {
    this.#field.blur();
    this.#field.inputMode = 'text';
    this.#field.focus({ preventScroll: true });
  }

  dispose(): void {
    this.#held.dispose();
    this.#onBlur();
  }

  #onPointerDown({ clientX, clientY }: PointerEvent): void {
    this.#surface.classList.add('pointed');
    const { left, top, width, height } = this.#surface.getBoundingClientRect();
    const inside = (at: number, size: number): number => Math.max(0, Math.min(at, size - 20));
    this.#field.style.left = `${inside(clientX - left, width) + this.#surface.scrollLeft}px`;
    this.#field.style.top = `${inside(clientY - top, height) + this.#surface.scrollTop}px`;
  }

  #onBlur(): void {
    this.#surface.classList.remove('pointed');
    if (this.#field.inputMode === 'text') this.#field.inputMode = 'none';
  }
}
