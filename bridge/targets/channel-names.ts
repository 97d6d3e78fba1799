import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';

/** SPICE channel types by the names that .vv files use. */
const CHANNEL_TYPES: ReadonlyMap<string, number> = new Map(Object.entries(channelType));

/** The types of the named channels; `all` is every type. Gives the first unknown name instead of a guess. */
export function channelTypes(names: readonly string[]): ReadonlySet<number> | { readonly unknown: string } {
  if (names.includes('all')) return new Set(CHANNEL_TYPES.values());
  const types = new Set<number>();
  for (const name of names) {
    const type = CHANNEL_TYPES.get(name);
    if (type === undefined) return { unknown: name };
    types.add(type);
  }
  return types;
}
