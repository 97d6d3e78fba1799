/** WebSocket close codes of the public interface. */
export const CLOSE = {
  ended: 1000,
  draining: 1001,
  notAllowed: 1008,
  tooBig: 1009,
  broken: 1011,
  tryLater: 1013,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/**
 * Every way the bridge can fail: the WebSocket close code (0 where no WebSocket is involved) and the sentence for
 * whoever sits in front of the browser or the shell. Sentences for browsers name no address, no path and no secret.
 * `docs/bridge-errors.md` lists them.
 */
const ERRORS = {
  'bad-option': [0, 'An option is wrong.'],
  'bad-config-file': [0, 'The configuration file cannot be used.'],
  'bad-target': [0, 'A target is wrong.'],
  'bad-key': [0, 'A key cannot be used.'],
  'listen-failed': [0, 'The bridge cannot listen there.'],
  'certificate-file': [0, 'The certificate or its key cannot be used.'],
  'client-lost': [0, 'The browser does not answer any more.'],
  'bridge-draining': [CLOSE.draining, 'The bridge is shutting down.'],
  'origin-refused': [CLOSE.notAllowed, 'This page may not use the bridge.'],
  'host-refused': [CLOSE.notAllowed, 'The bridge does not answer to this name.'],
  'limit-address': [CLOSE.notAllowed, 'Too many connections from your address.'],
  'limit-token': [CLOSE.notAllowed, 'Too many connections for this session.'],
  'token-missing': [CLOSE.notAllowed, 'The bridge needs a token. Open the desktop from your portal.'],
  'token-invalid': [CLOSE.notAllowed, 'The token is not valid. Open the desktop from your portal again.'],
  'token-expired': [CLOSE.notAllowed, 'The token has expired. Open the desktop from your portal again.'],
  'token-early': [CLOSE.notAllowed, 'The token is not valid yet. Check the clocks of portal and bridge.'],
  'token-audience': [CLOSE.notAllowed, 'The token is meant for another service.'],
  'token-claims': [
    CLOSE.notAllowed,
    'The token lacks something or says something unknown. Ask whoever made it.',
  ],
  'token-password': [
    CLOSE.notAllowed,
    'The token holds a readable password. Whoever makes it must encrypt it.',
  ],
  'token-unsigned': [CLOSE.notAllowed, 'The token is encrypted but not signed.'],
  'token-target': [CLOSE.notAllowed, 'The token is not for this target.'],
  'token-unknown': [
    CLOSE.notAllowed,
    'This session does not exist or is over. Open the desktop from your portal again.',
  ],
  'token-used': [
    CLOSE.notAllowed,
    'The token has been used already. Open the desktop from your portal again.',
  ],
  'token-revoked': [
    CLOSE.notAllowed,
    'This session has been ended. Open the desktop from your portal again.',
  ],
  'session-ended': [CLOSE.notAllowed, 'An administrator ended the session.'],
  'session-idle': [CLOSE.notAllowed, 'The session ended because nobody used it.'],
  'session-expired': [CLOSE.notAllowed, 'The session has reached its time limit.'],
  'target-unknown': [CLOSE.notAllowed, 'There is no such target. Check the name in the address.'],
  'target-unnamed': [CLOSE.notAllowed, 'The address must name a target.'],
  'client-text': [CLOSE.notAllowed, 'Only binary messages are accepted.'],
  'client-flood': [CLOSE.tooBig, 'The client sends more at once than SPICE does.'],
  'client-silent': [CLOSE.notAllowed, 'The client did not say which channel it wants.'],
  'client-not-spice': [CLOSE.notAllowed, 'The client does not speak SPICE.'],
  'client-authentication': [
    CLOSE.notAllowed,
    'The client chose an authentication other than the SPICE ticket.',
  ],
  'target-forbidden': [CLOSE.notAllowed, 'This target is not among those that the bridge may connect to.'],
  'claims-target': [CLOSE.notAllowed, 'The session describes its target wrongly. Ask whoever made it.'],
  'hook-denied': [CLOSE.notAllowed, 'The portal does not allow this session.'],
  'channel-refused': [CLOSE.notAllowed, 'This session may not open this channel.'],
  'target-refused': [
    CLOSE.broken,
    'The target refused the connection. Check that it runs and that its port is right.',
  ],
  'target-timeout': [
    CLOSE.broken,
    'The target did not answer in time. Check that it runs and that its address is right.',
  ],
  'target-unresolvable': [CLOSE.broken, "The target's name could not be resolved."],
  'target-unreachable': [CLOSE.broken, 'The target cannot be reached from the bridge.'],
  'target-socket-missing': [CLOSE.broken, "The target's socket does not exist."],
  'target-socket-denied': [CLOSE.broken, "The bridge may not open the target's socket."],
  'target-certificate': [CLOSE.broken, "The target's certificate could not be verified."],
  'target-certificate-expired': [CLOSE.broken, "The target's certificate has expired."],
  'target-certificate-host': [CLOSE.broken, "The target's certificate belongs to another host."],
  'target-certificate-fingerprint': [CLOSE.broken, "The target's certificate is not the pinned one."],
  'target-certificate-subject': [CLOSE.broken, "The target's certificate has another subject."],
  'target-tls': [CLOSE.broken, 'The target did not complete the TLS handshake.'],
  'target-hung-up': [
    CLOSE.broken,
    'The target hung up before it said anything. It may expect TLS, or not be a SPICE server.',
  ],
  'target-not-spice': [
    CLOSE.broken,
    "The target's answer is not SPICE's. It may expect TLS, or not be a SPICE server.",
  ],
  'target-sasl': [CLOSE.broken, 'The target wants SASL authentication, which the bridge does not speak.'],
  'target-password': [
    CLOSE.broken,
    'The target refused the password that the bridge has: it is wrong or has expired.',
  ],
  'proxy-unreachable': [CLOSE.broken, 'The proxy in front of the target cannot be reached.'],
  'proxy-denied': [
    CLOSE.broken,
    'The proxy in front of the target refused the ticket: it is wrong or has expired.',
  ],
  'proxy-refused': [CLOSE.broken, 'The proxy in front of the target did not connect to it.'],
  'proxy-broken': [CLOSE.broken, 'What is in front of the target is no HTTP proxy, or it hung up.'],
  'hook-failed': [CLOSE.tryLater, 'The portal could not be asked about this session; try again later.'],
  'provider-missing': [CLOSE.broken, 'The bridge lacks the program that finds the target.'],
  'provider-denied': [CLOSE.broken, 'The bridge may not ask where the target is.'],
  'provider-failed': [CLOSE.broken, 'Where the target is could not be found out. Check that it runs.'],
  'target-broken': [CLOSE.broken, 'The connection to the target broke.'],
  'limit-connections': [CLOSE.tryLater, 'The bridge is full; try again later.'],
  'limit-rate': [CLOSE.tryLater, 'Too many new connections from your address; try again in a minute.'],
  'bridge-failed': [CLOSE.broken, 'The bridge failed in an unexpected way.'],
  'store-unavailable': [CLOSE.tryLater, 'The bridge cannot look up sessions now; try again in a moment.'],
  'keys-unavailable': [CLOSE.tryLater, 'The bridge cannot check tokens now; try again in a moment.'],
  'bridge-exhausted': [CLOSE.tryLater, 'The bridge has no sockets left; try again later.'],
} as const satisfies Record<string, readonly [CloseCode | 0, string]>;

export type BridgeErrorCode = keyof typeof ERRORS;

export const BRIDGE_ERROR_CODES = Object.keys(ERRORS) as BridgeErrorCode[];

/** An expected failure. `message` is one sentence for the user, `closeCode` what a WebSocket is closed with. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: BridgeErrorCode;
  readonly closeCode: CloseCode | 0;
  constructor(code: BridgeErrorCode, message: string = ERRORS[code][1], options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.closeCode = ERRORS[code][0];
  }
}
