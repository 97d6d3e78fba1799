import {
  capabilityWords,
  commonCapability,
  hasCapability,
} from '@spice-viewer/shared-protocol/link/capabilities.ts';
import { ClientLink, type LinkResult } from '@spice-viewer/shared-protocol/link/client-link.ts';
import { LinkError, linkErrorCode } from '@spice-viewer/shared-protocol/link/link-error.ts';
import {
  type LinkRequest,
  PUBLIC_KEY_SIZE,
  TICKET_SIZE,
  writeLinkReply,
} from '@spice-viewer/shared-protocol/link/link-messages.ts';
import { ByteQueue } from '@spice-viewer/shared-protocol/wire/byte-queue.ts';
import { ProtocolError } from '@spice-viewer/shared-protocol/wire/protocol-error.ts';
import { Reader } from '@spice-viewer/shared-protocol/wire/reader.ts';
import { BridgeError } from '../errors/bridge-error.ts';
import { answerTicket } from './answer-ticket.ts';

/** Bytes that a client may send behind its hello before its link stage is over: all that it has to, and some room. */
const CLIENT_LIMIT = 4 + TICKET_SIZE + 4096;

/** The server refused the channel with a link_err that the client can act upon. */
export class TargetRefusal extends Error {
  override readonly name = 'TargetRefusal';
  readonly linkError: number;
  constructor(linkError: number) {
    super(`link error ${linkError}`);
    this.linkError = linkError;
  }
}

export interface LinkBrokerSinks {
  readonly toTarget: (bytes: Uint8Array) => void;
  readonly toClient: (bytes: Uint8Array) => void;
  /** The target let us in. Nothing more may be read from it until `onDone`. */
  readonly onAccepted: () => void;
  /** Both link stages are over. What came behind them is to be passed on first. */
  readonly onDone: (rest: { readonly toTarget: Uint8Array; readonly toClient: Uint8Array }) => void;
}

/**
 * Two link stages (docs/protocol/link.md#link-stage) in one, for targets whose password the bridge holds. To the server
 * it is the client: it sends the client's own link message, and the password in the ticket. Once the server has
 * accepted, it is the server to the client: it answers with what the server answered, takes any ticket and says OK. So
 * every SPICE client works, and none sees the password or needs one. Capabilities pass unchanged, except those of the
 * authentication.
 *
 * It begins with the client's hello; once a connection to the target is open, `targetOpened` is to be called.
 *
 * No I/O. Methods throw BridgeError, or TargetRefusal for a link_err of the server; the broker is then of no more use,
 * except that `targetOpened` may be called anew for another connection as long as the client has not been answered.
 */
export class LinkBroker {
  readonly #hello: LinkRequest;
  readonly #sinks: LinkBrokerSinks;
  readonly #fromClient = new ByteQueue();
  readonly #fromTarget = new ByteQueue();
  #stage: 'target' | 'ticket' | 'done' = 'target';
  #link: ClientLink | undefined;
  #password = '';
  #publicKey: Uint8Array = new Uint8Array(PUBLIC_KEY_SIZE);
  #selectsMechanism = false;

  constructor(hello: LinkRequest, sinks: LinkBrokerSinks) {
    this.#hello = hello;
    this.#sinks = sinks;
  }

  /** Whose turn it is: for telling who was too slow. */
  get waitsFor(): 'client' | 'target' {
    return this.#stage === 'target' ? 'target' : 'client';
  }

  /** Bytes of the client behind its hello; kept until they are used. */
  clientBytes(bytes: Uint8Array): void {
    this.#fromClient.push(bytes);
    if (this.#stage === 'ticket') this.#readTicket();
    if (this.#stage !== 'done' && this.#fromClient.length > CLIENT_LIMIT) {
      throw new BridgeError('client-not-spice');
    }
  }

  /** A fresh connection to the target can be written to. */
  targetOpened(password: string): void {
    if (this.#stage !== 'target') throw new TypeError('no target is wanted');
    this.#password = password;
    this.#fromTarget.clear();
    this.#link = new ClientLink({
      ...this.#hello,
      commonCaps: withAuthentication(this.#hello.commonCaps),
    });
    this.#sinks.toTarget(this.#link.start());
  }

  /** Bytes of the target; copied. */
  targetBytes(bytes: Uint8Array): void {
    if (this.#link === undefined) throw new TypeError('the target is not open');
    // Not `slice`, which on a Buffer gives a view.
    this.#fromTarget.push(new Uint8Array(bytes));
    if (this.#stage !== 'target') return;
    try {
      let step = this.#link.receive(this.#fromTarget);
      if (step.kind === 'ticket') {
        this.#sinks.toTarget(this.#link.ticket(answerTicket(step.publicKey, this.#password)));
        this.#publicKey = step.publicKey;
        step = this.#link.receive(this.#fromTarget);
      }
      if (step.kind === 'done') this.#accepted(step.result);
    } catch (error) {
      throw explain(error);
    }
  }

  #accepted(result: LinkResult): void {
    const commonCaps = withAuthentication(result.serverCommonCaps, commonCapability.authSpice);
    this.#selectsMechanism = hasCapability(this.#hello.commonCaps, commonCapability.authSelection);
    this.#stage = 'ticket';
    this.#sinks.onAccepted();
    this.#sinks.toClient(
      writeLinkReply({
        error: linkErrorCode.ok,
        // The server's own key, as the client needs some: its ticket is not looked at.
        publicKey: this.#publicKey,
        commonCaps,
        channelCaps: result.serverChannelCaps,
      }),
    );
    // A client that did not wait for the answer.
    this.#readTicket();
  }

  #readTicket(): void {
    const size = (this.#selectsMechanism ? 4 : 0) + TICKET_SIZE;
    if (this.#fromClient.length < size) return;
    const answer = this.#fromClient.take(size);
    if (this.#selectsMechanism && new Reader(answer).u32() !== commonCapability.authSpice) {
      throw new BridgeError('client-authentication');
    }
    this.#stage = 'done';
    this.#sinks.toClient(new Uint8Array(4));
    this.#sinks.onDone({
      toTarget: this.#fromClient.take(this.#fromClient.length),
      toClient: this.#fromTarget.take(this.#fromTarget.length),
    });
  }
}

/** What the server answers to a client whose channel it refuses: to be followed by the end. */
export function refusalReply(linkError: number): Uint8Array {
  return writeLinkReply({
    error: linkError,
    publicKey: new Uint8Array(PUBLIC_KEY_SIZE),
    commonCaps: [],
    channelCaps: [],
  });
}

/** These capabilities, but of those about authentication only the selection of a mechanism, and `more`. */
function withAuthentication(words: readonly number[], ...more: number[]): number[] {
  const { authSelection, authSpice, authSasl } = commonCapability;
  const [dropped = 0] = capabilityWords([authSpice, authSasl]);
  const [added = 0] = capabilityWords([authSelection, ...more]);
  const [first = 0, ...rest] = words;
  return [((first & ~dropped) | added) >>> 0, ...rest];
}

/** An error of the server's link stage, in words for a user who never saw a password. */
function explain(error: unknown): unknown {
  const because = (code: ConstructorParameters<typeof BridgeError>[0]): BridgeError =>
    new BridgeError(code, undefined, { cause: error });
  if (error instanceof ProtocolError) return because('target-not-spice');
  if (!(error instanceof LinkError)) return error;
  if (error.code === linkErrorCode.permissionDenied) return because('target-password');
  if (error.kind === 'auth-unsupported') return because('target-sasl');
  return error.code === undefined ? because('target-not-spice') : new TargetRefusal(error.code);
}
