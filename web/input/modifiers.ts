import type { ModifierFlags } from './key-records.ts';

/** Modifier keys of the guest by the flag that tells of them. AltGr is a thing of its own. */
export type ModifierGroup = 'shift' | 'ctrl' | 'alt' | 'altGraph' | 'meta';

const groups: Readonly<Record<string, ModifierGroup>> = {
  ShiftLeft: 'shift',
  ShiftRight: 'shift',
  ControlLeft: 'ctrl',
  ControlRight: 'ctrl',
  AltLeft: 'alt',
  AltRight: 'altGraph',
  MetaLeft: 'meta',
  MetaRight: 'meta',
};

export function modifierGroup(code: string): ModifierGroup | undefined {
  return Object.hasOwn(groups, code) ? groups[code] : undefined;
}

/** Whether the flags allow that the user holds a key of the group. */
export function mayBeHeld(group: ModifierGroup, flags: ModifierFlags): boolean {
  // The right Alt is AltGr on some layouts and Alt on others; an event may not tell of AltGr at all.
  return group === 'altGraph' ? flags.alt || flags.altGraph !== false : flags[group];
}

/**
 * What must go down in the guest before a key or a button, for the flags to be true there.
 * @param isDown whether a key of the guest is down
 * @param altGrIsCtrlAlt on Windows AltGr is said to be Ctrl and Alt too
 */
export function missingModifiers(
  flags: ModifierFlags,
  isDown: (code: string) => boolean,
  altGrIsCtrlAlt: boolean,
): string[] {
  const missing: string[] = [];
  const want = (...codes: [string, ...string[]]): void => {
    if (!codes.some((code) => isDown(code) || missing.includes(code))) missing.push(codes[0]);
  };
  if (flags.shift) want('ShiftLeft', 'ShiftRight');
  if (flags.altGraph === true) want('AltRight', 'AltLeft');
  const hasAltGr = isDown('AltRight') || missing.includes('AltRight');
  if (flags.ctrl && !(altGrIsCtrlAlt && hasAltGr)) want('ControlLeft', 'ControlRight');
  if (flags.alt) want('AltLeft', 'AltRight');
  if (flags.meta) want('MetaLeft', 'MetaRight');
  return missing;
}
