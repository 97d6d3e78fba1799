import type { TargetList } from '../targets/target-list.ts';
import type { Admission } from './spice-grant.ts';

/** Everybody may connect to the targets that the operator lists. */
export const staticAdmission = (targets: () => TargetList): Admission => ({
  admit: ({ targetName }) =>
    Promise.resolve().then(() => ({ provider: targets().find(targetName ?? undefined) })),
});
