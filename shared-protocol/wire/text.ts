// TextDecoder and TextEncoder exist in every runtime we support (browsers, workers, Node), but belong
// to no ES library; this package sees neither DOM nor Node types, so it declares the little it uses.
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(input?: Uint8Array): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

const decoder = new TextDecoder('utf-8');
const encoder = new TextEncoder();

/** UTF-8 bytes to a string; trailing NULs, which most SPICE strings carry, are dropped. */
export function decodeText(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return decoder.decode(bytes.subarray(0, end));
}

export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** A string with the NUL that SPICE expects at its end. */
export function encodeTextWithNul(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}
