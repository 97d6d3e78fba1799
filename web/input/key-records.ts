/**
 * What an event says of the modifiers. `undefined` where it cannot tell: touch events have no
 * `getModifierState`.
 */
export interface ModifierFlags {
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  readonly altGraph?: boolean | undefined;
  readonly caps?: boolean | undefined;
  readonly num?: boolean | undefined;
  readonly scroll?: boolean | undefined;
}

/** A `KeyboardEvent`, as data. */
export interface KeyRecord {
  readonly down: boolean;
  readonly code: string;
  readonly key: string;
  readonly keyCode: number;
  readonly repeat: boolean;
  readonly isComposing: boolean;
  readonly flags: ModifierFlags;
  /** milliseconds, of any one clock */
  readonly time: number;
}

/** What pointer, mouse, wheel and touch events and those of keys have in common. */
export interface FlaggedEvent {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  getModifierState?(name: string): boolean;
}

export function modifierFlags(event: FlaggedEvent): ModifierFlags {
  const { shiftKey: shift, ctrlKey: ctrl, altKey: alt, metaKey } = event;
  if (event.getModifierState === undefined) return { shift, ctrl, alt, meta: metaKey };
  const has = (name: string): boolean => event.getModifierState?.(name) === true;
  return {
    shift,
    ctrl,
    alt,
    // Firefox before version 118 calls the Windows key OS, and does not count it as Meta.
    meta: metaKey || has('OS') || has('Super'),
    altGraph: has('AltGraph'),
    caps: has('CapsLock'),
    num: has('NumLock'),
    scroll: has('ScrollLock'),
  };
}

export function keyRecord(event: KeyboardEvent): KeyRecord {
  const { code, key, keyCode, repeat, isComposing, timeStamp: time } = event;
  return {
    down: event.type === 'keydown',
    code: code === 'Unidentified' ? '' : code,
    key,
    keyCode,
    repeat,
    isComposing,
    flags: modifierFlags(event),
    time,
  };
}
