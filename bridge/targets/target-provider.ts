import type { Target, TargetKind } from './target.ts';

/** What tells where a channel is to be connected to: each time it is asked, as tickets may be good for one only. */
export interface TargetProvider {
  readonly name: string;
  readonly title: string | undefined;
  readonly kind: TargetKind;
  /**
   * Called for each channel when it opens.
   * @throws {BridgeError} when the target cannot be told, with a sentence for the user
   */
  resolve(signal: AbortSignal): Promise<Target>;
  /** The server refused this target's password: true when asking anew may give another one. */
  renew?(refused: Target): boolean;
}

/** A target that is what it is. */
export function staticTarget(target: Target): TargetProvider {
  const { name, title, kind } = target;
  return { name, title, kind, resolve: () => Promise.resolve(target) };
}
