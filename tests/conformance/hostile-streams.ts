import { expect } from 'vitest';
import { assert, constantFrom, nat, property, tuple, uint8Array, array } from 'fast-check';
import { CodecError } from '../../shared-protocol/codecs/codec-error.ts';

/** Runs a decoder on data that may be anything; whatever it returns must be a picture of a size it may have. */
export type Decode = (data: Uint8Array) => unknown;

function survives(decode: Decode, data: Uint8Array): void {
  try {
    decode(data);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.expected).not.toBe('');
  }
}

/** Valid streams with some bytes changed, cut or continued, end well or with a CodecError. */
export function survivesChanges(decode: Decode, streams: readonly Uint8Array[], runs = 400): void {
  const changes = array(tuple(nat(), nat(255)), { maxLength: 6 });
  const change = tuple(constantFrom(...streams), changes, nat(), uint8Array({ maxLength: 8 }), nat(3));
  assert(
    property(change, ([stream, edits, cut, tail, how]) => {
      const data = new Uint8Array(stream.length + tail.length);
      data.set(stream);
      data.set(tail, stream.length);
      for (const [at, value] of edits) data[at % stream.length] = value;
      survives(decode, how === 0 ? data.subarray(0, cut % data.length) : data);
    }),
    { numRuns: runs },
  );
}

/** Valid headers with random bytes behind them. */
export function survivesAnything(decode: Decode, headers: readonly Uint8Array[], runs = 400): void {
  assert(
    property(constantFrom(...headers), uint8Array({ maxLength: 400 }), (header, rest) => {
      const data = new Uint8Array(header.length + rest.length);
      data.set(header);
      data.set(rest, header.length);
      survives(decode, data);
      survives(decode, rest);
    }),
    { numRuns: runs },
  );
}

/** Every cut of a valid stream is an error, apart from as many bytes at its end as the codec can do without. */
export function refusesCuts(decode: Decode, stream: Uint8Array, spare = 0): void {
  for (let length = 0; length < stream.length - spare; length++) {
    expect(() => decode(stream.subarray(0, length)), `${length} of ${stream.length} bytes`).toThrow(
      CodecError,
    );
  }
}
