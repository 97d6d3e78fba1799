import { mouseMode } from '@spice-viewer/shared-protocol/channels/main-messages.ts';
import type { MouseModeName } from '../api/public-types.ts';
import { parseKeyCombination } from '../common/key-names.ts';
import { lockKeys } from '../common/lock-keys.ts';
import type { ChannelKey } from '../threads/worker-messages.ts';
import type { ClientFeature, FeatureHost, Receivers } from './client-feature.ts';
import { ToldValue } from './told-value.ts';

/** How text gets into the guest that none of its keys can type. */
export interface TextPaste {
  /** whether the guest's clipboard can be set */
  readonly isPossible: boolean;
  offer(text: string): void;
}

/** Keys, pointer, lock keys, mouse mode, and typing, which ends with the session that it began in. */
export class GuestInput implements ClientFeature {
  readonly channels = ['inputs'] as const;
  readonly worker = 'session' as const;
  readonly #host: FeatureHost;
  readonly #paste: TextPaste;
  readonly #locks: ToldValue<number | undefined>;
  readonly #mode: ToldValue<MouseModeName>;
  /** absolute positions are what a browser has; motion is for guests that cannot take them */
  #wantedMode: MouseModeName = 'client';
  #typing: Promise<unknown> = Promise.resolve();
  #session = new AbortController();
  /** lock keys that are down: their repeats switch nothing */
  readonly #heldLocks = new Set<string>();

  constructor(host: FeatureHost, paste: TextPaste) {
    this.#host = host;
    this.#paste = paste;
    this.#locks = new ToldValue<number | undefined>(undefined, (modifiers) => {
      if (modifiers !== undefined) host.emit('guestlockstate', { modifiers });
    });
    this.#mode = new ToldValue<MouseModeName>('server', (mode) => host.emit('mousemodechange', { mode }));
  }

  readonly receive: Receivers = {
    mainInit: ({ supportedMouseModes, currentMouseMode }) =>
      this.#setMode(supportedMouseModes, currentMouseMode),
    mouseMode: ({ supported, current }) => this.#setMode(supported, current),
    guestLockState: ({ modifiers }) => this.#locks.set(modifiers),
  };

  get mouseMode(): MouseModeName {
    return this.#mode.value;
  }

  /** The guest's lock keys, keyModifier bits: as it told them, or as they were asked for since. */
  get lockState(): number | undefined {
    return this.#locks.value;
  }

  sendKey(code: string, down: boolean): void {
    this.#host.postToSession({ kind: 'key', code, down });
    const lock = lockKeys[code];
    if (lock !== undefined) this.#lockKey(code, lock, down);
  }

  /** @throws RangeError naming a key that is not known */
  sendKeys(combination: string): void {
    const codes = parseKeyCombination(combination);
    for (const code of codes) this.sendKey(code, true);
    for (const code of codes.toReversed()) this.sendKey(code, false);
  }

  /** One text after the other. Rejects when the session ends before all is typed. */
  typeText(text: string): Promise<void> {
    const { signal } = this.#session;
    const typed = this.#typing.then(async () => {
      // The guest's layouts come when something is typed.
      const { typeText } = await import('./type-text.ts');
      return typeText(
        text,
        {
          sendKey: (code, down) => this.sendKey(code, down),
          layout: () => this.#host.settings.keyboardLayout,
          canPaste: () => this.#paste.isPossible,
          setClipboard: (content) => this.#paste.offer(content),
          lockState: () => this.#locks.value ?? 0,
        },
        { signal },
      );
    });
    this.#typing = typed.catch(() => undefined);
    return typed;
  }

  requestMouseMode(mode: MouseModeName): void {
    this.#wantedMode = mode;
    this.#host.postToSession({ kind: 'requestMouseMode', mode: mouseMode[mode] });
  }

  sendLockState(modifiers: number): void {
    this.#host.postToSession({ kind: 'lockState', modifiers });
    if (this.#locks.value !== undefined) this.#locks.set(modifiers);
  }

  sendPosition(x: number, y: number, buttons: number, display: number): void {
    this.#host.postToSession({ kind: 'position', x, y, buttons, display });
  }

  sendMotion(dx: number, dy: number, buttons: number): void {
    this.#host.postToSession({ kind: 'motion', dx, dy, buttons });
  }

  sendButton(button: number, down: boolean, buttons: number): void {
    this.#host.postToSession({ kind: 'button', button, down, buttons });
  }

  starting(): void {
    this.#session = new AbortController();
    this.#typing = Promise.resolve();
  }

  closed(_channel: ChannelKey, isRefused: boolean): void {
    if (isRefused) this.#host.emit('inputsrefused', {});
  }

  ended(): void {
    this.#session.abort(new Error('The session ended before all of the text was typed.'));
    this.#locks.reset();
    this.#heldLocks.clear();
    this.#mode.reset();
  }

  /** What the guest will make of it; it tells its own state as well, where that is another. */
  #lockKey(code: string, lock: number, down: boolean): void {
    if (!down) this.#heldLocks.delete(code);
    else if (!this.#heldLocks.has(code)) {
      this.#heldLocks.add(code);
      if (this.#locks.value !== undefined) this.#locks.set(this.#locks.value ^ lock);
    }
  }

  #setMode(supported: number, current: number): void {
    const wanted = mouseMode[this.#wantedMode];
    if ((supported & wanted) !== 0 && current !== wanted) {
      this.#host.postToSession({ kind: 'requestMouseMode', mode: wanted });
    }
    this.#mode.set(current === mouseMode.client ? 'client' : 'server');
  }
}
