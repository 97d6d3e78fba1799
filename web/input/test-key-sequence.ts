/** How the tests of the keyboard model write down what browsers send, and what must come of it. */
import type { ModifierFlags } from './key-records.ts';
import type { Platform } from './platform.ts';

export interface KeyInit {
  readonly key?: string;
  readonly keyCode?: number;
  readonly repeat?: boolean;
  readonly isComposing?: boolean;
  /** modifiers that the event's flags tell of, e.g. `ctrl alt altGraph` */
  readonly flags?: string;
}

export type Step =
  | readonly ['down' | 'up', code: string, init?: KeyInit | string]
  | readonly ['pointer', buttonsDown: boolean, flags?: string]
  | readonly ['wait', milliseconds: number]
  | readonly ['blur'];

export interface Sequence {
  readonly what: string;
  readonly on: Platform;
  readonly steps: readonly Step[];
  /** scan codes in set 1, hex; text in «», lock messages as [bits] */
  readonly right: string;
  /** the guest's lock state, where it is known */
  readonly locks?: number;
}

/** All flags false but those named. */
export function flagsOf(names = ''): ModifierFlags {
  const has = (name: string): boolean => names.split(' ').includes(name);
  return {
    shift: has('shift'),
    ctrl: has('ctrl'),
    alt: has('alt'),
    meta: has('meta'),
    altGraph: has('altGraph'),
    caps: has('caps'),
    num: has('num'),
    scroll: has('scroll'),
  };
}

export function tap(code: string, key: string, flags = ''): readonly Step[] {
  return [
    ['down', code, { key, flags }],
    ['up', code, { key, flags }],
  ];
}
