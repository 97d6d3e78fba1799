import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';
import { lockKeys } from '../common/lock-keys.ts';
import type { ModifierFlags } from './key-records.ts';
import { isApple, type Platform } from './platform.ts';

/** The guest's lock state, `keyModifier` bits: what it reported, with what was sent since; undefined until it does. */
export interface GuestLocks {
  readonly lockState: number | undefined;
}

/** Brings the guest's locks to the user's, where the user's are known. */
export class LockSync {
  readonly #locks: GuestLocks;
  readonly #knowsNum: boolean;
  /** Many browsers never tell of Scroll Lock. */
  #knowsScroll = false;

  constructor(locks: GuestLocks, platform: Platform) {
    this.#locks = locks;
    // Macs and iPads have no Num Lock and say that it is off; on-screen keyboards have none either.
    this.#knowsNum = !isApple(platform) && platform !== 'android';
  }

  /** The lock state to send before a key, if the guest's is another one. */
  wanted(code: string, flags: ModifierFlags): number | undefined {
    const { lockState: guest } = this.#locks;
    if (flags.scroll === true) this.#knowsScroll = true;
    // What the user just makes with the lock key itself is not to be corrected.
    if (guest === undefined || Object.hasOwn(lockKeys, code)) return undefined;
    const bit = (lock: number, isOn: boolean | undefined): number =>
      (isOn ?? (guest & lock) !== 0) ? lock : 0;
    const wanted =
      bit(keyModifier.capsLock, flags.caps) |
      bit(keyModifier.numLock, this.#knowsNum ? flags.num : undefined) |
      bit(keyModifier.scrollLock, this.#knowsScroll ? flags.scroll : undefined);
    return wanted === guest ? undefined : wanted;
  }
}
