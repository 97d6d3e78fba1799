import {
  type ClientHello,
  MAX_HELLO_SIZE,
  readClientHello,
} from '@spice-viewer/shared-protocol/link/client-hello.ts';
import { LinkError } from '@spice-viewer/shared-protocol/link/link-error.ts';

/** Client bytes kept before the target is connected, or for a second try over TLS. The browser waits beyond. */
const EARLY_LIMIT = 64 * 1024;

/** What a client says first: kept for the target, and read once, for all who ask which channel it is. */
export class ClientStart {
  /** Not sent yet, or kept for a second try; undefined once no longer needed. */
  #kept: Buffer[] | undefined = [];
  #keptSize = 0;
  /** Until they tell the hello; then undefined. */
  #unread: Buffer | undefined = Buffer.alloc(0);
  #hello: ClientHello | null | undefined;

  /** Undefined until the client has told it; null: it does not speak SPICE, or another version. */
  get hello(): ClientHello | null | undefined {
    return this.#hello;
  }

  /** Whether everything that the client has said is still here. */
  get isKept(): boolean {
    return this.#kept !== undefined;
  }

  /** More than is to wait for a target. */
  get isFull(): boolean {
    return this.#keptSize > EARLY_LIMIT;
  }

  /** Everything that the client has said, as far as it is kept. */
  get bytes(): readonly Buffer[] {
    return this.#kept ?? [];
  }

  /** Takes a message of the client. True: now, and only now, the hello is known. */
  push(data: Buffer): boolean {
    if (this.#kept !== undefined) {
      this.#kept.push(data);
      this.#keptSize += data.length;
    }
    return this.#unread !== undefined && this.#read(this.#unread, data);
  }

  /** Keeps nothing any more. */
  forget(): void {
    this.#kept = undefined;
  }

  #read(unread: Buffer, data: Buffer): boolean {
    const more = data.subarray(0, MAX_HELLO_SIZE - unread.length);
    const bytes = Buffer.concat([unread, more]);
    this.#hello = helloOf(bytes);
    this.#unread = this.#hello === undefined ? bytes : undefined;
    return this.#hello !== undefined;
  }
}

function helloOf(bytes: Buffer): ClientHello | null | undefined {
  try {
    return readClientHello(bytes);
  } catch (error) {
    if (error instanceof LinkError) return null;
    throw error;
  }
}
