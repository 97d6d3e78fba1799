import { fixedBytes, readWith, struct, u32, u8, writeWith, type Value } from '../wire/layout.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';

/** ASCII REDQ. */
export const LINK_MAGIC = 0x51444552;
export const linkVersion = { major: 2, minor: 2 } as const;

/** Bytes of the fixed parts (docs/protocol/link.md#link-stage). */
export const LINK_HEADER_SIZE = 16;
export const LINK_REQUEST_SIZE = 18;
export const LINK_REPLY_SIZE = 178;
export const PUBLIC_KEY_SIZE = 162;
export const TICKET_SIZE = 128;

/** What either side may send after the link header; spice-server has the same bound. */
export const MAX_LINK_MESSAGE_SIZE = 4096;
/** Capability words, common and channel together; spice-server has the same bound. */
export const MAX_CAPABILITY_WORDS = 1024;

/** SpiceLinkHeader: precedes the first message of both sides. */
export const linkHeader = struct({ magic: u32, major: u32, minor: u32, size: u32 });
export type LinkHeader = Value<typeof linkHeader>;

/** Counts in u32 words; the offset counts from the start of the message: common words, then channel words. */
const capabilityFields = { numCommonCaps: u32, numChannelCaps: u32, capsOffset: u32 } as const;

export const linkRequestFixed = struct({
  connectionId: u32,
  channelType: u8,
  channelId: u8,
  ...capabilityFields,
});
export const linkReplyFixed = struct({
  error: u32,
  publicKey: fixedBytes(PUBLIC_KEY_SIZE),
  ...capabilityFields,
});

interface Capabilities {
  readonly commonCaps: readonly number[];
  readonly channelCaps: readonly number[];
}

/** SpiceLinkMess, client to server. */
export interface LinkRequest extends Capabilities {
  /** 0 for a first main channel, then the session id of MAIN_INIT */
  readonly connectionId: number;
  readonly channelType: number;
  readonly channelId: number;
}

/** SpiceLinkReply, server to client. */
export interface LinkReply extends Capabilities {
  /** link_err */
  readonly error: number;
  /** DER SubjectPublicKeyInfo, RSA-1024, 162 bytes; all zero where there is none */
  readonly publicKey: Uint8Array;
}

/** @throws ProtocolError when fewer than 16 bytes are given */
export function readLinkHeader(bytes: Uint8Array): LinkHeader {
  return readWith(linkHeader, new Reader(bytes));
}

/** @throws ProtocolError on any size, count or offset that the message cannot hold */
export function readLinkRequest(bytes: Uint8Array): LinkRequest {
  const reader = new Reader(bytes);
  const { connectionId, channelType, channelId, ...caps } = readWith(linkRequestFixed, reader);
  return { connectionId, channelType, channelId, ...readCapabilities(reader, caps, LINK_REQUEST_SIZE) };
}

/**
 * The public key is borrowed from `bytes`.
 * @throws ProtocolError on any size, count or offset that the message cannot hold
 */
export function readLinkReply(bytes: Uint8Array): LinkReply {
  const reader = new Reader(bytes);
  const { error, publicKey, ...caps } = readWith(linkReplyFixed, reader);
  return { error, publicKey, ...readCapabilities(reader, caps, LINK_REPLY_SIZE) };
}

/** Header, message and capability words. */
export function writeLinkRequest(request: LinkRequest): Uint8Array<ArrayBuffer> {
  return framed(request, LINK_REQUEST_SIZE, (writer, caps) =>
    writeWith(linkRequestFixed, writer, { ...request, ...caps }),
  );
}

/** Header, message and capability words. */
export function writeLinkReply(reply: LinkReply): Uint8Array<ArrayBuffer> {
  return framed(reply, LINK_REPLY_SIZE, (writer, caps) =>
    writeWith(linkReplyFixed, writer, { ...reply, ...caps }),
  );
}

interface CapabilityFields {
  readonly numCommonCaps: number;
  readonly numChannelCaps: number;
  readonly capsOffset: number;
}

function framed(
  { commonCaps, channelCaps }: Capabilities,
  fixedSize: number,
  writeFixed: (writer: Writer, caps: CapabilityFields) => void,
): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  const size = fixedSize + 4 * (commonCaps.length + channelCaps.length);
  writeWith(linkHeader, writer, { magic: LINK_MAGIC, ...linkVersion, size });
  writeFixed(writer, {
    numCommonCaps: commonCaps.length,
    numChannelCaps: channelCaps.length,
    capsOffset: fixedSize,
  });
  for (const word of commonCaps) writer.u32(word);
  for (const word of channelCaps) writer.u32(word);
  return writer.finish();
}

function readCapabilities(reader: Reader, fields: CapabilityFields, fixedSize: number): Capabilities {
  const { numCommonCaps, numChannelCaps, capsOffset } = fields;
  const words = numCommonCaps + numChannelCaps;
  if (words === 0) return { commonCaps: [], channelCaps: [] };
  if (words > MAX_CAPABILITY_WORDS) {
    throw new ProtocolError('bad-count', `at most ${MAX_CAPABILITY_WORDS} capability words`, `${words}`, {
      offset: fixedSize - 12,
    });
  }
  if (capsOffset < fixedSize || capsOffset > reader.length) {
    throw new ProtocolError(
      'bad-pointer',
      `an offset from ${fixedSize} to ${reader.length}`,
      `${capsOffset}`,
      {
        offset: fixedSize - 4,
      },
    );
  }
  reader.seek(capsOffset);
  reader.checkCount(words, 4);
  return { commonCaps: readWords(reader, numCommonCaps), channelCaps: readWords(reader, numChannelCaps) };
}

function readWords(reader: Reader, count: number): number[] {
  const words: number[] = [];
  for (let i = 0; i < count; i++) words.push(reader.u32());
  return words;
}
