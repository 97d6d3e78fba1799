import { linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';

/**
 * The little the bridge reads of SPICE's link stage (protocol §1.1), on bytes that may come in any pieces:
 *
 *     client: 'REDQ' major:u32 minor:u32 size:u32 | connection_id:u32 channel_type:u8 …
 *     server: 'REDQ' major:u32 minor:u32 size:u32 | error:u32 …
 */
const HEADER_SIZE = 16;
const CHANNEL_TYPE_AT = HEADER_SIZE + 4;

/** Bytes that tell the channel type. */
export const CLIENT_PEEK_SIZE = CHANNEL_TYPE_AT + 1;
/** Bytes that tell the server's answer. */
export const SERVER_PEEK_SIZE = HEADER_SIZE + 4;

/** The channel type of a client's first bytes; undefined while too few, null when it is not SPICE. */
export function peekChannelType(bytes: Uint8Array): number | null | undefined {
  if (!startsAsSpice(bytes)) return null;
  return bytes[CHANNEL_TYPE_AT];
}

/** The connection id of a client's first bytes, of which `peekChannelType` could tell the channel type. */
export function peekConnectionId(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(HEADER_SIZE, true);
}

/** Whether a server's first bytes ask for TLS; undefined while too few. */
export function peekNeedSecured(bytes: Uint8Array): boolean | undefined {
  if (!startsAsSpice(bytes)) return false;
  if (bytes.length < SERVER_PEEK_SIZE) return undefined;
  return (
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(HEADER_SIZE, true) ===
    linkErrorCode.needSecured
  );
}

/** True too for the beginning of `REDQ`. */
function startsAsSpice(bytes: Uint8Array): boolean {
  return [0x52, 0x45, 0x44, 0x51].every((byte, index) => index >= bytes.length || bytes[index] === byte);
}
