/** Who is logged in. Kept here, not in the cookie, so that a logout holds for copies of the cookie too. */
import { createHash, randomBytes } from 'node:crypto';

interface Login {
  readonly user: string;
  /** Milliseconds of the clock. */
  readonly until: number;
}

/** Seconds. */
export const LOGIN_LASTS = 8 * 3600;
const ID_BYTES = 32;

export class Logins {
  readonly #logins = new Map<string, Login>();

  /** @returns what the cookie holds */
  begin(user: string): string {
    const now = Date.now();
    for (const [key, { until }] of this.#logins) if (until <= now) this.#logins.delete(key);
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#logins.set(keyOf(id), { user, until: now + LOGIN_LASTS * 1000 });
    return id;
  }

  userOf(id: string): string | undefined {
    const login = this.#logins.get(keyOf(id));
    return login !== undefined && login.until > Date.now() ? login.user : undefined;
  }

  end(id: string): void {
    this.#logins.delete(keyOf(id));
  }
}

/** A digest, so that finding one takes the same time whatever somebody sends. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
