/** An EventTarget whose events are the entries of `Map`, each a CustomEvent with that detail. */
export class TypedEvents<Map> extends EventTarget {
  /**
   * Calls `listener` with the detail of each such event.
   * @returns what ends it
   */
  on<Type extends keyof Map & string>(
    type: Type,
    listener: (detail: Map[Type]) => void,
    options?: AddEventListenerOptions,
  ): () => void {
    const heard = (event: Event): void => listener((event as CustomEvent<Map[Type]>).detail);
    this.addEventListener(type, heard, options);
    return () => this.removeEventListener(type, heard);
  }

  /** @returns false when a listener prevented what would happen by default */
  protected emit<Type extends keyof Map & string>(
    type: Type,
    detail: Map[Type],
    options?: EventInit,
  ): boolean {
    return this.dispatchEvent(new CustomEvent(type, { ...options, detail }));
  }
}
