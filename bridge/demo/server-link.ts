import { constants, generateKeyPairSync, privateDecrypt, type KeyObject } from 'node:crypto';
import {
  capabilityWords,
  commonCapability,
  hasCapability,
} from '@spice-viewer/shared-protocol/link/capabilities.ts';
import {
  type ClientHello,
  MAX_HELLO_SIZE,
  readClientHello,
} from '@spice-viewer/shared-protocol/link/client-hello.ts';
import { LinkError, linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';
import {
  PUBLIC_KEY_SIZE,
  TICKET_SIZE,
  writeLinkReply,
  type LinkRequest,
} from '@spice-viewer/shared-protocol/link/link-messages.ts';
import type { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import { Reader } from '@spice-viewer/shared-protocol/wire/reader.ts';

/** A key pair and a password: what a server's link stage needs to know. */
export interface TicketKeys {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export function createTicketKeys(): TicketKeys {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return { publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })), privateKey };
}

export interface ServerLinkOptions {
  readonly keys: TicketKeys;
  /** undefined: every ticket that decrypts is good */
  readonly password: string | undefined;
  /** capability bits of a channel that exists, undefined for one that does not */
  readonly channelCapabilities: (type: number, id: number) => readonly number[] | undefined;
  /** answers this error at once; for tests of clients */
  readonly failWith?: ((request: LinkRequest) => number) | undefined;
}

export type ServerLinkStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  /** Send, then close. No bytes: close without an answer. */
  | { readonly kind: 'refuse'; readonly bytes: Uint8Array }
  /** The ticket is good: answer `linkResult`, then messages follow. */
  | { readonly kind: 'done'; readonly request: LinkRequest; readonly miniHeader: boolean };

const commonCaps = capabilityWords([
  commonCapability.authSelection,
  commonCapability.authSpice,
  commonCapability.miniHeader,
]);

const wait: ServerLinkStep = { kind: 'wait' };
const hangUp: ServerLinkStep = { kind: 'refuse', bytes: new Uint8Array(0) };

/** The last four bytes of a link stage. */
export function linkResult(code: number): Uint8Array {
  return Uint8Array.of(code, 0, 0, 0);
}

function refuse(error: number): ServerLinkStep {
  return {
    kind: 'refuse',
    bytes: writeLinkReply({
      error,
      publicKey: new Uint8Array(PUBLIC_KEY_SIZE),
      commonCaps: [],
      channelCaps: [],
    }),
  };
}

/** The server's side of the link stage (docs/protocol/link.md#link-stage), answering as spice-server does. */
export class ServerLink {
  readonly #options: ServerLinkOptions;
  #stage: 'hello' | 'mechanism' | 'ticket' = 'hello';
  #request: LinkRequest | undefined;

  constructor(options: ServerLinkOptions) {
    this.#options = options;
  }

  /** To be called until it waits, refuses or is done. */
  receive(queue: ByteQueue): ServerLinkStep {
    switch (this.#stage) {
      case 'hello':
        return this.#hello(queue);
      case 'mechanism':
        return queue.length < 4 ? wait : this.#mechanism(new Reader(queue.take(4)).u32(), queue);
      case 'ticket':
        return queue.length < TICKET_SIZE ? wait : this.#ticket(queue.take(TICKET_SIZE));
    }
  }

  #hello(queue: ByteQueue): ServerLinkStep {
    let hello: ClientHello | undefined;
    try {
      hello = readClientHello(queue.peek(Math.min(queue.length, MAX_HELLO_SIZE)));
    } catch (error) {
      if (error instanceof LinkError && error.code !== undefined) return refuse(error.code);
      throw error;
    }
    if (hello === undefined) return wait;
    queue.skip(hello.size);
    this.#request = hello;
    const { channelType, channelId } = this.#request;
    const failure = this.#options.failWith?.(this.#request) ?? linkErrorCode.ok;
    if (failure !== linkErrorCode.ok) return refuse(failure);
    const bits = this.#options.channelCapabilities(channelType, channelId);
    if (bits === undefined) return hangUp;
    this.#stage = this.#clientHas(commonCapability.authSelection) ? 'mechanism' : 'ticket';
    const { publicKey } = this.#options.keys;
    const channelCaps = capabilityWords(bits);
    return { kind: 'send', bytes: writeLinkReply({ error: 0, publicKey, commonCaps, channelCaps }) };
  }

  #mechanism(mechanism: number, queue: ByteQueue): ServerLinkStep {
    if (mechanism !== commonCapability.authSpice) return refuse(linkErrorCode.invalidData);
    this.#stage = 'ticket';
    return this.receive(queue);
  }

  #ticket(encrypted: Uint8Array): ServerLinkStep {
    const given = this.#decrypt(encrypted);
    const { password } = this.#options;
    if (given === undefined || (password !== undefined && given !== password)) {
      return { kind: 'refuse', bytes: linkResult(linkErrorCode.permissionDenied) };
    }
    const miniHeader = this.#clientHas(commonCapability.miniHeader);
    return { kind: 'done', request: this.#request as LinkRequest, miniHeader };
  }

  /** The password without its NUL; undefined when the ticket is broken. */
  #decrypt(encrypted: Uint8Array): string | undefined {
    const key = {
      key: this.#options.keys.privateKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha1',
    };
    try {
      return privateDecrypt(key, encrypted).toString('utf8').split('\0')[0];
    } catch {
      return undefined;
    }
  }

  #clientHas(bit: number): boolean {
    return hasCapability((this.#request as LinkRequest).commonCaps, bit);
  }
}
