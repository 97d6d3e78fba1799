import { linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';
import { LINK_HEADER_SIZE, LINK_MAGIC } from '@spice-viewer/shared-protocol/link/link-messages.ts';

/** Bytes of a server's link reply that tell its answer: the header, then the error as u32. */
const ANSWER_SIZE = LINK_HEADER_SIZE + 4;

/**
 * A server's first bytes, of which nobody is told before it is clear that they don't ask for TLS. All that the bridge
 * reads of a target where it does not answer the ticket.
 */
export class ServerAnswer {
  #bytes: Buffer = Buffer.alloc(0);

  /** What has been kept back. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Keeps a copy of what it needs of `received`.
   * @returns undefined while more is needed; then whether the server wants TLS, and what of `received` is left over
   */
  take(received: Buffer): { readonly needSecured: boolean; readonly rest: Buffer } | undefined {
    const missing = ANSWER_SIZE - this.#bytes.length;
    this.#bytes = Buffer.concat([this.#bytes, received.subarray(0, missing)]);
    const needSecured = asksForTls(this.#bytes);
    return needSecured === undefined ? undefined : { needSecured, rest: received.subarray(missing) };
  }
}

/** Undefined while too few bytes are there. What is not SPICE asks for nothing. */
function asksForTls(bytes: Buffer): boolean | undefined {
  for (let i = 0; i < Math.min(4, bytes.length); i++) {
    if (bytes[i] !== ((LINK_MAGIC >>> (8 * i)) & 0xff)) return false;
  }
  if (bytes.length < ANSWER_SIZE) return undefined;
  return bytes.readUInt32LE(LINK_HEADER_SIZE) === linkErrorCode.needSecured;
}
