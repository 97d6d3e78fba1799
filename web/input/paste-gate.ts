import type { KeySink } from './keyboard.ts';

/** Ctrl+V, Shift+Insert: what pastes in most guests. */
export const isPasteKey = (code: string, isHeld: (code: string) => boolean): boolean => {
  const ctrl = isHeld('ControlLeft') || isHeld('ControlRight');
  const shift = isHeld('ShiftLeft') || isHeld('ShiftRight');
  return (code === 'KeyV' && ctrl) || (code === 'Insert' && shift && !ctrl);
};

/**
 * Holds keys back at a paste until the guest knows the clipboard that it is to paste. The order of keys
 * stays; without something to wait for they pass at once.
 */
export class PasteGate implements KeySink {
  private readonly sink: KeySink;
  private readonly beforePaste: () => Promise<void> | undefined;
  private readonly down = new Set<string>();
  private held: (() => void)[] | undefined;

  constructor(sink: KeySink, beforePaste: () => Promise<void> | undefined) {
    this.sink = sink;
    this.beforePaste = beforePaste;
  }

  sendKey(code: string, down: boolean): void {
    const isRepeat = down && this.down.has(code);
    if (down) this.down.add(code);
    else this.down.delete(code);
    if (this.held === undefined && down && !isRepeat && isPasteKey(code, (one) => this.down.has(one))) {
      this.hold(this.beforePaste());
    }
    this.pass(() => this.sink.sendKey(code, down));
  }

  sendLockState(modifiers: number): void {
    this.pass(() => this.sink.sendLockState(modifiers));
  }

  private pass(send: () => void): void {
    if (this.held === undefined) send();
    else this.held.push(send);
  }

  private hold(until: Promise<void> | undefined): void {
    if (until === undefined) return;
    this.held = [];
    const release = (): void => {
      const held = this.held ?? [];
      this.held = undefined;
      for (const send of held) send();
    };
    until.then(release, release);
  }
}
