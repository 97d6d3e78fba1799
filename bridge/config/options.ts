import type { z } from 'zod';
import type { OptionRow } from './option-row.ts';
import { OPTIONS } from './option-table.ts';

/** A target as the operator wrote it. Relative file names in `uri` start at `baseDir`, or the working directory. */
export interface TargetSpec {
  readonly name: string;
  readonly uri: string;
  readonly baseDir?: string;
}

export type OptionKey = keyof typeof OPTIONS;
export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[];

/** The common view on a row, for code that goes through the table. */
export function optionRow(key: OptionKey): OptionRow {
  return OPTIONS[key];
}

/** `allowOrigins` → `SPICE_VIEWER_ALLOW_ORIGINS` */
export function environmentName(key: OptionKey): string {
  return `SPICE_VIEWER_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

type Standard<K extends OptionKey> = (typeof OPTIONS)[K]['standard'];
type Value<K extends OptionKey> = z.output<(typeof OPTIONS)[K]['schema']>;

/** Options without a standard value may be undefined. `appDir` is then beside the bundle. */
export type BridgeConfig = {
  readonly [K in Exclude<OptionKey, 'targets'>]: undefined extends Standard<K>
    ? Value<K> | undefined
    : Value<K>;
} & { readonly targets: readonly TargetSpec[] };
