/** What must hold for any message and any bytes; run briefly by unit tests, at length with FUZZ set (runs.ts). */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { ProtocolError } from '../../shared-protocol/wire/protocol-error.ts';
import type { MessageSet } from '../../shared-protocol/wire/message-table.ts';
import { fuzzRuns } from './runs.ts';

/** Written and read again, a message is the same. */
export function roundTrip(
  set: MessageSet<any>,
  name: string,
  value: fc.Arbitrary<unknown>,
  usualRuns: number,
): void {
  fc.assert(
    fc.property(value, (given) => {
      const body = set.write(name, given as never);
      // Derived fields (counts, tags) are read too, but belong to the wire only.
      expect(set.read(set.typeOf(name), body)).toMatchObject({ name, value: given as object });
    }),
    fuzzRuns(usualRuns),
  );
}

/** Any body, random or a valid one with changed bytes or a changed end, is read or refused with ProtocolError. */
export function survivesAnyBytes(
  set: MessageSet<any>,
  name: string,
  value: fc.Arbitrary<unknown>,
  usualRuns: number,
): void {
  const type = set.typeOf(name);
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(0xff)), { minLength: 1, maxLength: 4 });
  const changed = fc.tuple(value, changes, fc.option(fc.nat())).map(([given, edits, end]) => {
    const body = set.write(name, given as never).slice();
    for (const [at, byte] of edits) if (body.length > 0) body[at % body.length] = byte;
    return end === null ? body : body.subarray(0, end % (body.length + 1));
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), changed), (body) => {
      try {
        expect(set.read(type, body)?.name).toBe(name);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        expect(error.place.message).toBe(name);
      }
    }),
    fuzzRuns(usualRuns),
  );
}
