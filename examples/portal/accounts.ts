/** Who may log in, and which machines they may use. A real portal asks its directory (LDAP, OpenID Connect) instead. */
import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const HASH_SIZE = 32;
/** What OWASP recommends: 128 MiB for each, so one at a time. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };
let last: Promise<unknown> = Promise.resolve();

function hash(password: string, salt: Buffer): Promise<Buffer> {
  const next = last.then(() => scryptAsync(password, salt, HASH_SIZE, cost));
  last = next.catch(() => {});
  return next;
}

const machine = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/),
  title: z.string(),
  users: z.array(z.string()),
  /** As the bridge takes it: docs/bridge-tokens.md. Never sent to the browser in clear. */
  spice: z.record(z.string(), z.unknown()),
});
const accounts = z.strictObject({
  /** Name to `SALT:HASH`, both base64: scrypt with N = 2^17, r = 8, p = 1; 32 bytes. */
  users: z.record(z.string(), z.string().regex(/^[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/)),
  machines: z.array(machine),
});

export type Machine = z.output<typeof machine>;

export interface Accounts {
  /** True for the right password; takes the same time for a user that does not exist. */
  verify(user: string, password: string): Promise<boolean>;
  machinesOf(user: string): readonly Machine[];
}

/** For accounts.json: `SALT:HASH`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('base64')}:${(await hash(password, salt)).toString('base64')}`;
}

export async function loadAccounts(file: string): Promise<Accounts> {
  const { users, machines } = accounts.parse(JSON.parse(await readFile(file, 'utf8')));
  const nobody = await hashPassword(randomBytes(16).toString('hex'));
  return {
    verify: async (user, password) => {
      const known = Object.hasOwn(users, user) ? users[user] : undefined;
      const [salt = '', expected = ''] = (known ?? nobody).split(':');
      const given = await hash(password, Buffer.from(salt, 'base64'));
      const wanted = Buffer.from(expected, 'base64');
      return wanted.length === HASH_SIZE && timingSafeEqual(given, wanted) && known !== undefined;
    },
    machinesOf: (user) => machines.filter(({ users: allowed }) => allowed.includes(user)),
  };
}
