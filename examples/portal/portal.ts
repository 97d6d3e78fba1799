/** The portal's routes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';
import type { Accounts } from './accounts.ts';
import { Guesses } from './guesses.ts';
import { LOGIN_LASTS, Logins } from './logins.ts';
import { loginPage, machinePage, machinesPage } from './pages.ts';
import { mintTicket, type TicketOptions } from './ticket.ts';

export interface PortalOptions {
  readonly accounts: Accounts;
  readonly ticket: TicketOptions;
  /** The address that a request comes from. */
  readonly addressOf: (context: Context) => string;
  /** The bridge's tunnel that takes tokens, as browsers reach it: `wss://bridge.example/spice`. */
  readonly bridge: string;
  /** dist/spice-viewer.single.js: one file to serve */
  readonly viewerFile: string;
}

/** Goes to this host only, over https or to localhost only, and never with requests that other sites make. */
const COOKIE = '__Host-portal';
const cookieOptions = { path: '/', secure: true, httpOnly: true, sameSite: 'Strict' } as const;

const files = {
  'portal.js': 'text/javascript; charset=utf-8',
  'portal.css': 'text/css; charset=utf-8',
} as const;

export function createPortal(options: PortalOptions): Hono {
  const { accounts, addressOf, bridge } = options;
  const [logins, guesses] = [new Logins(), new Guesses()];
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 16 * 1024 }));
  app.use(csrf());
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        // The guest's pointer.
        imgSrc: ["'self'", 'data:', 'blob:'],
        workerSrc: ["'self'"],
        connectSrc: ["'self'", new URL(bridge).origin],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );

  /** The name of the user who is logged in, or false. */
  const userOf = (context: Context): string | false =>
    logins.userOf(getCookie(context, COOKIE) ?? '') ?? false;

  app.get('/', (context) => {
    const user = userOf(context);
    return context.html(user === false ? loginPage() : machinesPage(user, accounts.machinesOf(user)));
  });

  app.post('/login', async (context) => {
    const { user, password } = await context.req.parseBody();
    if (typeof user !== 'string' || typeof password !== 'string') {
      return context.html(loginPage('Name or password is wrong.'), 401);
    }
    const address = addressOf(context);
    const wait = guesses.begin(user, address);
    if (wait > 0) {
      context.header('Retry-After', String(Math.ceil(wait / 1000)));
      return context.html(loginPage('Too many wrong passwords. Try again in a minute.'), 429);
    }
    if (!(await accounts.verify(user, password))) {
      return context.html(loginPage('Name or password is wrong.'), 401);
    }
    guesses.succeeded(user, address);
    setCookie(context, COOKIE, logins.begin(user), { ...cookieOptions, maxAge: LOGIN_LASTS });
    return context.redirect('/', 303);
  });

  app.post('/logout', (context) => {
    logins.end(getCookie(context, COOKIE) ?? '');
    deleteCookie(context, COOKIE, cookieOptions);
    return context.redirect('/', 303);
  });

  app.get('/machines/:name', (context) => {
    const user = userOf(context);
    if (user === false) return context.redirect('/', 303);
    const machine = accounts.machinesOf(user).find(({ name }) => name === context.req.param('name'));
    return machine === undefined ? context.notFound() : context.html(machinePage(machine, bridge));
  });

  // A POST, so that no cache keeps one. Other sites cannot make one: their forms are refused by csrf above, and for
  // anything else browsers ask first, and send no SameSite cookie.
  app.post('/machines/:name/ticket', async (context) => {
    const user = userOf(context);
    if (user === false) return context.json({ error: 'not logged in' }, 401);
    const machine = accounts.machinesOf(user).find(({ name }) => name === context.req.param('name'));
    if (machine === undefined) return context.notFound();
    context.header('Cache-Control', 'no-store');
    return context.json({ token: await mintTicket(machine, user, options.ticket) });
  });

  for (const [name, type] of Object.entries(files)) {
    app.get(`/static/${name}`, async (context) =>
      context.body(await readFile(join(import.meta.dirname, 'static', name), 'utf8'), 200, {
        'Content-Type': type,
      }),
    );
  }
  app.get('/static/spice-viewer.js', async (context) =>
    context.body(await readFile(options.viewerFile, 'utf8'), 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
    }),
  );
  return app;
}
