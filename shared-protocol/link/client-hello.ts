import { ProtocolError } from '../wire/protocol-error.ts';
import { LinkError, linkErrorCode } from './link-error.ts';
import {
  LINK_HEADER_SIZE,
  LINK_MAGIC,
  LINK_REQUEST_SIZE,
  type LinkRequest,
  linkVersion,
  MAX_LINK_MESSAGE_SIZE,
  readLinkHeader,
  readLinkRequest,
} from './link-messages.ts';

/** The first message of a connection, client to server: SpiceLinkHeader, SpiceLinkMess and the capability words. */
export interface ClientHello extends LinkRequest {
  /** Bytes that it took; what the client sent behind them is no part of it. */
  readonly size: number;
}

/** The longest hello, in bytes: as many of a client's first bytes tell what it is. */
export const MAX_HELLO_SIZE = LINK_HEADER_SIZE + MAX_LINK_MESSAGE_SIZE;

/**
 * Reads a client's first bytes, however many have come; nothing of them is kept.
 * @returns undefined while more are needed
 * @throws LinkError, at the first byte that tells, with the `code` that a server answers such a client:
 *   `invalidMagic`, `versionMismatch`, or `invalidData` for sizes, counts and offsets that make no sense
 */
export function readClientHello(bytes: Uint8Array): ClientHello | undefined {
  for (let i = 0; i < Math.min(4, bytes.length); i++) {
    if (bytes[i] !== ((LINK_MAGIC >>> (8 * i)) & 0xff)) throw LinkError.fromCode(linkErrorCode.invalidMagic);
  }
  if (bytes.length < LINK_HEADER_SIZE) return undefined;
  const { major, size } = readLinkHeader(bytes);
  if (major !== linkVersion.major) throw LinkError.fromCode(linkErrorCode.versionMismatch);
  if (size < LINK_REQUEST_SIZE || size > MAX_LINK_MESSAGE_SIZE) {
    throw LinkError.fromCode(linkErrorCode.invalidData);
  }
  const end = LINK_HEADER_SIZE + size;
  if (bytes.length < end) return undefined;
  try {
    return { ...readLinkRequest(bytes.subarray(LINK_HEADER_SIZE, end)), size: end };
  } catch (error) {
    if (error instanceof ProtocolError) throw LinkError.fromCode(linkErrorCode.invalidData);
    throw error;
  }
}
