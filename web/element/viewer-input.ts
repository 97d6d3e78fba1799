import { Keyboard, type GuestLocks } from '../input/keyboard.ts';
import { PasteGate } from '../input/paste-gate.ts';
import { Pointer, type PointerScreen } from '../input/pointer.ts';
import type { SpiceClient } from '../session/spice-client.ts';
import type { Screen, Screens } from './screens.ts';

export interface ViewerInputOptions {
  readonly surface: HTMLElement;
  readonly screens: Screens;
  readonly client: SpiceClient;
  readonly locks: GuestLocks;
  isEnabled(): boolean;
  /** Something is about to be pasted in the guest: keys wait until its clipboard is right. */
  beforePaste(): Promise<void> | undefined;
  /** keys that the browser, too, is to act on */
  keepsDefault(event: KeyboardEvent): boolean;
  pointerMoved(clientX: number, clientY: number, display: number): void;
}

/** Keyboard and pointer of one session; disposed with it. */
export class ViewerInput {
  private readonly keyboard: Keyboard;
  private readonly pointer: Pointer;

  constructor(options: ViewerInputOptions) {
    const { client, surface, screens } = options;
    const toPointer = (screen: Screen | undefined): PointerScreen | undefined =>
      screen === undefined ? undefined : { canvas: screen.canvas, display: screen.head.id };
    this.keyboard = new Keyboard(
      surface,
      new PasteGate(client, () => options.beforePaste()),
      () => options.isEnabled(),
      (event) => options.keepsDefault(event),
      options.locks,
    );
    this.pointer = new Pointer({
      surface,
      sink: client,
      screenOf: (event) => toPointer(screens.under(event)),
      nearest: (x, y) => toPointer(screens.nearest(x, y)),
      isRelative: () => client.mouseMode === 'server',
      isEnabled: () => options.isEnabled(),
      moved: (x, y, display) => options.pointerMoved(x, y, display),
    });
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
