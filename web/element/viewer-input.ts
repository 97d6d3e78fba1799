import { Keyboard } from '../input/keyboard.ts';
import { Pointer } from '../input/pointer.ts';
import type { SpiceClient } from '../session/spice-client.ts';
import type { Screens } from './screens.ts';

export interface ViewerInputOptions {
  readonly surface: HTMLElement;
  readonly screens: Screens;
  readonly client: SpiceClient;
  isEnabled(): boolean;
  pointerMoved(clientX: number, clientY: number): void;
}

/** Keyboard and pointer of one session; disposed with it. */
export class ViewerInput {
  private readonly keyboard: Keyboard;
  private readonly pointer: Pointer;

  constructor(options: ViewerInputOptions) {
    const { client, surface, screens } = options;
    this.keyboard = new Keyboard(surface, client, () => options.isEnabled());
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
