import type { ByteQueue } from '../wire/byte-queue.ts';
import { ProtocolError } from '../wire/protocol-error.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { commonCapability, hasCapability } from './capabilities.ts';
import { linkErrorCode, LinkError } from './link-error.ts';
import {
  LINK_HEADER_SIZE,
  LINK_MAGIC,
  LINK_REPLY_SIZE,
  linkVersion,
  MAX_LINK_MESSAGE_SIZE,
  readLinkHeader,
  readLinkReply,
  TICKET_SIZE,
  writeLinkRequest,
  type LinkReply,
  type LinkRequest,
} from './link-messages.ts';

/** What the two sides agreed on; data messages follow. */
export interface LinkResult {
  readonly serverCommonCaps: readonly number[];
  readonly serverChannelCaps: readonly number[];
  /** both sides announced MINI_HEADER: 6-byte headers in both directions */
  readonly miniHeader: boolean;
}

export type LinkStep =
  /** Nothing to do until more bytes come. */
  | { readonly kind: 'wait' }
  /** Encrypt the password with this key, hand the result to `ticket`, send what that returns, receive again. */
  | { readonly kind: 'ticket'; readonly publicKey: Uint8Array }
  | { readonly kind: 'done'; readonly result: LinkResult };

type Stage = 'header' | 'reply' | 'ticket' | 'result' | 'done';

const wait: LinkStep = { kind: 'wait' };

/**
 * The client's side of the link stage (docs/protocol/link.md#link-stage), without I/O: send `start()`, then call
 * `receive` with what came until it is done. Bytes after the stage stay in the queue. After an error it must not be
 * used again.
 */
export class ClientLink {
  readonly #request: LinkRequest;
  #stage: Stage = 'header';
  #replySize = 0;
  #reply: LinkReply | undefined;

  constructor(request: LinkRequest) {
    this.#request = request;
  }

  /** The first bytes of the connection. */
  start(): Uint8Array<ArrayBuffer> {
    return writeLinkRequest(this.#request);
  }

  /**
   * @throws LinkError when the server refuses or does not speak SPICE
   * @throws ProtocolError when its bytes are malformed
   */
  receive(queue: ByteQueue): LinkStep {
    if (this.#stage === 'header' && !this.#receiveHeader(queue)) return wait;
    if (this.#stage === 'reply' && !this.#receiveReply(queue)) return wait;
    if (this.#stage === 'ticket') {
      const { publicKey } = this.#reply as LinkReply;
      return { kind: 'ticket', publicKey };
    }
    if (this.#stage === 'result' && !this.#receiveResult(queue)) return wait;
    return { kind: 'done', result: this.#result() };
  }

  /**
   * The encrypted ticket is there.
   * @returns the bytes to send: the mechanism, where it is selected, and the ticket
   */
  ticket(encrypted: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.#stage !== 'ticket') throw new TypeError(`no ticket is wanted in stage ${this.#stage}`);
    if (encrypted.length !== TICKET_SIZE) {
      throw new ProtocolError('bad-link', `a ticket of ${TICKET_SIZE} bytes`, `${encrypted.length}`);
    }
    const writer = new Writer(TICKET_SIZE + 4);
    if (this.#bothHave(commonCapability.authSelection)) writer.u32(commonCapability.authSpice);
    writer.put(encrypted);
    this.#stage = 'result';
    return writer.finish();
  }

  #receiveHeader(queue: ByteQueue): boolean {
    if (queue.length > 0) checkMagic(queue.peek(Math.min(queue.length, LINK_HEADER_SIZE)));
    if (queue.length < LINK_HEADER_SIZE) return false;
    const { major, size } = readLinkHeader(queue.take(LINK_HEADER_SIZE));
    if (major !== linkVersion.major) {
      throw LinkError.fromCode(linkErrorCode.versionMismatch);
    }
    if (size < LINK_REPLY_SIZE || size > MAX_LINK_MESSAGE_SIZE) {
      throw new ProtocolError(
        'bad-link',
        `a link reply of ${LINK_REPLY_SIZE} to ${MAX_LINK_MESSAGE_SIZE} bytes`,
        `${size}`,
        { message: 'linkReply', offset: 12 },
      );
    }
    this.#replySize = size;
    this.#stage = 'reply';
    return true;
  }

  #receiveReply(queue: ByteQueue): boolean {
    if (queue.length < this.#replySize) return false;
    // A copy: the key and the capabilities outlive the chunk.
    const reply = readReply(queue.take(this.#replySize).slice());
    if (reply.error !== linkErrorCode.ok) throw LinkError.fromCode(reply.error);
    this.#reply = reply;
    if (
      hasCapability(reply.commonCaps, commonCapability.authSelection) &&
      !hasCapability(reply.commonCaps, commonCapability.authSpice)
    ) {
      throw new LinkError(
        'auth-unsupported',
        'The server wants SASL authentication, which is not supported. Configure a SPICE password instead.',
      );
    }
    this.#stage = 'ticket';
    return true;
  }

  #receiveResult(queue: ByteQueue): boolean {
    if (queue.length < 4) return false;
    const code = new Reader(queue.take(4)).u32();
    if (code !== linkErrorCode.ok) throw LinkError.fromCode(code);
    this.#stage = 'done';
    return true;
  }

  #result(): LinkResult {
    const { commonCaps, channelCaps } = this.#reply as LinkReply;
    return {
      serverCommonCaps: commonCaps,
      serverChannelCaps: channelCaps,
      miniHeader: this.#bothHave(commonCapability.miniHeader),
    };
  }

  #bothHave(bit: number): boolean {
    return (
      hasCapability(this.#request.commonCaps, bit) &&
      hasCapability((this.#reply as LinkReply).commonCaps, bit)
    );
  }
}

/**
 * Takes the link one arrival further: encrypts and sends the ticket when it is asked for.
 * Calls must not overlap.
 * @returns undefined while more bytes are needed
 */
export async function advanceLink(
  link: ClientLink,
  queue: ByteQueue,
  encryptTicket: (publicKey: Uint8Array) => Promise<Uint8Array>,
  send: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<LinkResult | undefined> {
  let step = link.receive(queue);
  if (step.kind === 'ticket') {
    send(link.ticket(await encryptTicket(step.publicKey)));
    step = link.receive(queue);
  }
  return step.kind === 'done' ? step.result : undefined;
}

function readReply(bytes: Uint8Array): LinkReply {
  try {
    return readLinkReply(bytes);
  } catch (error) {
    throw error instanceof ProtocolError ? error.at({ message: 'linkReply' }) : error;
  }
}

/** Says what the other end speaks as soon as its first bytes differ from SPICE's. */
function checkMagic(bytes: Uint8Array): void {
  for (let i = 0; i < Math.min(4, bytes.length); i++) {
    if (bytes[i] !== ((LINK_MAGIC >>> (8 * i)) & 0xff)) throw notSpice(bytes);
  }
}

function notSpice(bytes: Uint8Array): LinkError {
  if (bytes[0] === 0x15 && (bytes.length < 2 || bytes[1] === 0x03)) {
    return new LinkError(
      'secure-required',
      'The server answered with a TLS alert: this is its TLS port. Connect with TLS or use its plain port.',
    );
  }
  if (String.fromCharCode(...bytes.subarray(0, 5)) === 'HTTP/'.slice(0, bytes.length)) {
    return new LinkError(
      'not-spice',
      'The server answered with HTTP, not with SPICE. Check the address and port.',
    );
  }
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new LinkError(
    'not-spice',
    'The server does not speak SPICE. Check the address and port.',
    undefined,
    new ProtocolError('bad-link', 'the magic REDQ', hex, { message: 'linkReply', offset: 0 }),
  );
}
