/** SPICE channel types by the names that .vv files use (protocol §1.1). */
const CHANNEL_TYPES: ReadonlyMap<string, number> = new Map([
  ['main', 1],
  ['display', 2],
  ['inputs', 3],
  ['cursor', 4],
  ['playback', 5],
  ['record', 6],
  ['tunnel', 7],
  ['smartcard', 8],
  ['usbredir', 9],
  ['port', 10],
  ['webdav', 11],
]);

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
