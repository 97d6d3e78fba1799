import { keyModifier } from '@spice-viewer/shared-protocol/channels/inputs-messages.ts';

/** The lock keys by `KeyboardEvent.code`, and their bits in a lock state. */
export const lockKeys: Readonly<Record<string, number>> = {
  CapsLock: keyModifier.capsLock,
  NumLock: keyModifier.numLock,
  ScrollLock: keyModifier.scrollLock,
};
