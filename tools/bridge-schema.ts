import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { configSchemaText } from '../bridge/config/config-schema.ts';

/** Writes docs/bridge-config.schema.json from the table of options. */
const path = fileURLToPath(new URL('../docs/bridge-config.schema.json', import.meta.url));
writeFileSync(path, await format(configSchemaText(), { parser: 'json', printWidth: 110 }));
