import type { TargetProvider } from '../targets/target-provider.ts';

/** What a request may do: where its channel goes, and which channels it may be. */
export interface SpiceGrant {
  readonly provider: TargetProvider;
  /** SPICE channel types that may be opened; undefined: all. */
  readonly channels?: ReadonlySet<number> | undefined;
}
