/** Starts the portal: see README.md beside this file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { z } from 'zod';
import { loadAccounts } from './accounts.ts';
import { createPortal } from './portal.ts';

const environment = z
  .object({
    PORTAL_PORT: z.coerce.number().int().min(0).max(65535).default(8000),
    PORTAL_ACCOUNTS: z.string().default(join(import.meta.dirname, 'accounts.json')),
    /** As browsers reach it. */
    PORTAL_BRIDGE: z.url().default('ws://127.0.0.1:8080/spice'),
    /** 32 bytes in hexadecimal, the file that the bridge has as --jwe-key-file. */
    PORTAL_TICKET_KEY_FILE: z.string(),
    PORTAL_ISSUER: z.string().default('portal'),
    PORTAL_AUDIENCE: z.string().default('spice-bridge'),
    /** `1`: a reverse proxy of ours, which appends to X-Forwarded-For, is in front. */
    PORTAL_BEHIND_PROXY: z.enum(['0', '1']).default('0'),
    PORTAL_VIEWER_FILE: z.string().default(join(import.meta.dirname, '../../dist/spice-viewer.single.js')),
  })
  .parse(process.env);

const portal = createPortal({
  accounts: await loadAccounts(environment.PORTAL_ACCOUNTS),
  ticket: {
    key: Buffer.from((await readFile(environment.PORTAL_TICKET_KEY_FILE, 'utf8')).trim(), 'hex'),
    issuer: environment.PORTAL_ISSUER,
    audience: environment.PORTAL_AUDIENCE,
  },
  addressOf: (context) =>
    (environment.PORTAL_BEHIND_PROXY === '1'
      ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim()
      : getConnInfo(context).remote.address) ?? 'unknown',
  bridge: environment.PORTAL_BRIDGE,
  viewerFile: environment.PORTAL_VIEWER_FILE,
});
const server = serve(
  { fetch: portal.fetch, hostname: '127.0.0.1', port: environment.PORTAL_PORT },
  ({ port }) => console.log(`portal on http://127.0.0.1:${port}/`),
);
process.once('SIGTERM', () => server.close());
