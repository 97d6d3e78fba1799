import { describe, expect, it } from 'vitest';
import { allMessages } from '../../tests/fuzz/message-arbitraries.ts';
import { roundTrip, survivesAnyBytes } from '../../tests/fuzz/message-properties.ts';

describe.each(allMessages)('$name messages', ({ set, arbitraries }) => {
  const names = Object.keys(arbitraries);

  it('are all here, under distinct types', () => {
    expect(names).toEqual(Object.keys(set.table));
    const types = names.map((name) => set.typeOf(name));
    expect(new Set(types).size).toBe(types.length);
    expect(types.map((type) => set.nameOf(type))).toEqual(names);
  });

  it.each(names)('%s makes the round trip', (name) => roundTrip(set, name, arbitraries[name], 40));

  it.each(names)('%s survives any bytes', (name) => survivesAnyBytes(set, name, arbitraries[name], 60));

  it('ignores types that the table does not have', () => {
    expect(set.read(9999, new Uint8Array(3))).toBeUndefined();
  });
});
