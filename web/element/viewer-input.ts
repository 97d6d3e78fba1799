import { Keyboard } from '../input/keyboard.ts';
import { PasteGate } from '../input/paste-gate.ts';
import { Pointer } from '../input/pointer.ts';
import type { SpiceClient } from '../session/spice-client.ts';
import type { Screens } from './screens.ts';

export interface ViewerInputOptions {
  readonly surface: HTMLElement;
  readonly screens: Screens;
  readonly client: SpiceClient;
  isEnabled(): boolean;
  /** Something is about to be pasted in the guest: keys wait until its clipboard is right. */
  beforePaste(): Promise<void> | undefined;
  /** keys that the browser, too, is to act on */
  keepsDefault(event: KeyboardEvent): boolean;
  pointerMoved(clientX: number, clientY: number): void;
}

/** Keyboard and pointer of one session; disposed with it. */
export class ViewerInput {
  private readonly keyboard: Keyboard;
  private readonly pointer: Pointer;

  constructor(options: ViewerInputOptions) {
    const { client, surface, screens } = options;
    this.keyboard = new Keyboard(
      surface,
      new PasteGate(client, () => options.beforePaste()),
      () => options.isEnabled(),
      (event) => options.keepsDefault(event),
    );
    this.pointer = new Pointer({
      surface,
      sink: client,
      screenOf: (event) => {
        const screen = screens.under(event);
        return screen === undefined ? undefined : { canvas: screen.canvas, display: screen.head.id };
      },
      isRelative: () => client.mouseMode === 'server',
      isEnabled: () => options.isEnabled(),
      moved: (x, y) => options.pointerMoved(x, y),
    });
  }

  guestLockState(modifiers: number): void {
    this.keyboard.guestLockState(modifiers);
  }

  releaseAll(): void {
    this.keyboard.releaseAll();
    this.pointer.releaseAll();
  }

  dispose(): void {
    this.keyboard.dispose();
    this.pointer.dispose();
  }
}
