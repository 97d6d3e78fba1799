import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatePages, protocolDocs, readPages } from './protocol-docs/pages.ts';

/** Writes the generated sections of docs/protocol from the tables of shared-protocol. */
for (const [name, markdown] of await generatePages(readPages())) {
  writeFileSync(join(protocolDocs, name), markdown);
}
