import { channelType } from '@spice-viewer/shared-protocol/channels/common-messages.ts';
import { z } from 'zod';
import { BridgeError } from '../errors/bridge-error.ts';
import { channelTypes } from '../targets/channel-names.ts';

/** The longest text of a claim, in characters; certificates may be longer. */
const TEXT_LIMIT = 512;
const CA_LIMIT = 64 * 1024;

// Control characters, lone surrogates and what turns text around have no place in names that reach logs and titles.
const text = z
  .string()
  .min(1)
  .max(TEXT_LIMIT)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, 'must not hold control characters');
const port = z.number().int().min(1).max(65535);
const seconds = z.number().int().min(0).max(31_536_000);
const channel = z.string().refine((name) => channelTypes([name]) instanceof Set, 'is no SPICE channel');

/**
 * What a session may do, in one shape wherever it comes from: the `spice` claim of a JWT, a stored session, the admin
 * API, the hook's answer. Unknown keys are refused, as a mistyped `viewOnly` must not open anything.
 */
export const sessionClaims = z
  .strictObject({
    /** A configured target; or the target itself: `host` with a port, or `socket`. */
    target: text.optional(),
    host: text.optional(),
    port: port.optional(),
    tlsPort: port.optional(),
    /** PEM. */
    ca: z.string().max(CA_LIMIT).optional(),
    hostSubject: text.optional(),
    /** `sha256:HEX` */
    fingerprint: text.optional(),
    secureChannels: z.array(channel).max(16).optional(),
    /** `http://HOST:PORT` */
    proxy: text.optional(),
    socket: text.optional(),
    /** Stays in the bridge. */
    password: z.string().max(256).optional(),
    title: text.optional(),
    viewOnly: z.boolean().optional(),
    /** Names of the channels that may be opened; without it all. */
    channels: z.array(channel).max(16).optional(),
    limits: z
      .strictObject({
        /** Seconds. */
        session: seconds.optional(),
        /** Seconds. */
        idle: seconds.optional(),
        /** Channels at a time. */
        connections: z.number().int().min(0).max(1_000_000).optional(),
      })
      .optional(),
  })
  .refine(
    ({ target, host, socket }) => [target, host, socket].filter((one) => one !== undefined).length === 1,
    'expected one of target, host and socket',
  );

export type SessionClaims = z.output<typeof sessionClaims>;

/** Who a session belongs to, for the audit log. */
export const subjectText = text;

/** A session as it is stored: in Redis by a portal, or by the admin API. */
export const storedSession = z.strictObject({ claims: sessionClaims, subject: text.optional() });

export type StoredSession = z.output<typeof storedSession>;

/** @throws {BridgeError} `token-claims` */
export function readClaims(value: unknown): SessionClaims {
  const result = sessionClaims.safeParse(value);
  if (result.success) return result.data;
  throw new BridgeError('token-claims', undefined, { cause: result.error });
}

/** The half sentence that tells which key is wrong and why. Holds no values. */
export function claimsProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'not accepted';
  const place = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${place}${issue.message.replace(/^Invalid input: /, '')}`;
}

/** What somebody who only looks on gets: no way to send input, sound, files or devices to the guest. */
const VIEW_ONLY: readonly number[] = [
  channelType.main,
  channelType.display,
  channelType.cursor,
  channelType.playback,
];

/** SPICE channel types that the claims allow; undefined: all. */
export function allowedChannels({ channels, viewOnly }: SessionClaims): ReadonlySet<number> | undefined {
  const named = channels === undefined ? undefined : (channelTypes(channels) as ReadonlySet<number>);
  if (viewOnly !== true) return named;
  return new Set(VIEW_ONLY.filter((type) => named?.has(type) !== false));
}
