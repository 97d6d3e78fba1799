import { BridgeError } from '../errors/bridge-error.ts';
import type { Target } from './target.ts';
import type { TargetList } from './target-list.ts';
import { TargetProblem, targetFromParts, type TargetParts } from './target-parts.ts';
import { staticTarget, type TargetProvider } from './target-provider.ts';
import type { TargetRules } from './target-rules.ts';

/** What a token, a stored session or the hook's answer says about the target; the rest of its claims is not for here. */
export interface ClaimedTarget extends Omit<TargetParts, 'socketPath'> {
  /** A configured target; then nothing but `password` and `title` may describe it further. */
  readonly target?: string | undefined;
  readonly socket?: string | undefined;
}

/** Those that describe a target by itself. */
const PLACE_KEYS = [
  'host',
  'port',
  'tlsPort',
  'socket',
  'ca',
  'hostSubject',
  'fingerprint',
  'secureChannels',
  'proxy',
] as const satisfies readonly (keyof ClaimedTarget)[];

/**
 * The target that claims name or describe. Rules hold for described ones; what an operator configured is free of them.
 * @throws {BridgeError} `target-unknown`, or `claims-target` for a description that makes no sense
 */
export function targetFromClaims(
  claims: ClaimedTarget,
  { rules, targets }: { readonly rules: TargetRules; readonly targets: Pick<TargetList, 'find'> },
): TargetProvider {
  if (claims.target !== undefined) {
    if (PLACE_KEYS.some((key) => claims[key] !== undefined)) throw new BridgeError('claims-target');
    return described(targets.find(claims.target), claims);
  }
  try {
    const { socket, ...parts } = claims;
    return staticTarget(
      targetFromParts({ name: 'session', kind: 'session', rules }, { ...parts, socketPath: socket }),
    );
  } catch (error) {
    if (error instanceof TargetProblem) throw new BridgeError('claims-target', undefined, { cause: error });
    throw error;
  }
}

/** A configured target with the session's own password or title. */
function described(provider: TargetProvider, { password, title }: ClaimedTarget): TargetProvider {
  if (password === undefined && title === undefined) return provider;
  const changes = {
    ...(password === undefined ? {} : { password: password === '' ? undefined : password }),
    ...(title === undefined ? {} : { title }),
  };
  return {
    name: provider.name,
    title: title ?? provider.title,
    kind: provider.kind,
    resolve: async (signal) => ({ ...(await provider.resolve(signal)), ...changes }),
    // Asking anew would not give another password where the session brings it.
    ...(password === undefined ? { renew: (refused: Target) => provider.renew?.(refused) === true } : {}),
  };
}
