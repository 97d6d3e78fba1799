/** Prints what accounts.json holds in place of a password, which is read from the first line of stdin. */
import { createInterface } from 'node:readline/promises';
import { hashPassword } from './accounts.ts';

const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  console.log(await hashPassword(line));
  break;
}
lines.close();
