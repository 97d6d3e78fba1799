import { z } from 'zod';
import { OPTION_KEYS, optionRow } from './options.ts';

/** The configuration file as JSON Schema (2020-12), for editors. `npm run schema` writes it into docs/. */
export function configJsonSchema(): object {
  const properties = OPTION_KEYS.map((key) => {
    const { schema, help, standard } = optionRow(key);
    // Transformed values: what the file holds, not what the bridge makes of it.
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return [key, { description: help, ...rest, ...(standard === undefined ? {} : { default: standard }) }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: "spice-viewer's bridge",
    description:
      'The file of --config. Paths start at its folder. Flags and environment variables win over it.',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
  };
}

/** The file's text. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
