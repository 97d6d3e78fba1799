/** What the viewer decides about input: one object for all keyboards, pointers and fields of a session. */
export interface InputPolicy {
  /** keys, text and the pointer go to the guest now */
  readonly enabled: boolean;
  /**
   * Something is about to be pasted in the guest: keys wait until its clipboard is right.
   * @returns false when it is not the guest that pastes; undefined when there is nothing to wait for
   */
  beforePaste(): Promise<boolean> | undefined;
  /** a key that the browser, too, is to act on */
  keepsDefault(event: KeyboardEvent): boolean;
  /** for the user */
  say(note: string): void;
}
