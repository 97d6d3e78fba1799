import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sessionClaims } from './claims.ts';
import { fileWith, secret } from './test-tokens.ts';
import { TokenVerifier } from './token-verifier.ts';

const page = readFileSync(new URL('../../docs/bridge-tokens.md', import.meta.url), 'utf8');

it('docs/bridge-tokens.md names every claim', () => {
  const table = page.slice(page.indexOf('## Claims'), page.indexOf('## JSON Web Tokens'));
  for (const key of Object.keys(sessionClaims.shape)) expect(table).toContain(`\`${key}\``);
});

it('its Python example makes tokens that the bridge takes', async ({ skip }) => {
  const file = fileWith(`${secret}\n`);
  const code = /```python\n(.*?)```/s.exec(page)?.[1]?.replace('/etc/portal/spice-secret', file) ?? '';
  let token: string;
  try {
    token = execFileSync('python3', ['-c', code], { encoding: 'utf8' }).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return skip('python3 is not here');
    throw error;
  }
  const verifier = await TokenVerifier.load({ secretFile: file, audience: 'spice-bridge' });
  expect(await verifier?.verify(token)).toMatchObject({ claims: { target: 'desk' }, subject: 'alice' });
});

it('its Node example makes tokens that the bridge takes', async () => {
  const file = fileWith(`${secret}\n`);
  const code = /```js\n(.*?)```/s.exec(page)?.[1]?.replace('/etc/portal/spice-secret', file) ?? '';
  const token = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', `${code}\nconsole.log(token);`],
    {
      encoding: 'utf8',
      cwd: new URL('.', import.meta.url),
    },
  ).trim();
  const verifier = await TokenVerifier.load({ secretFile: file, audience: 'spice-bridge' });
  expect(await verifier?.verify(token)).toMatchObject({ claims: { target: 'desk', limits: { idle: 1800 } } });
});
