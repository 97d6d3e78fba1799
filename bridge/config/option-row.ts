import type { z } from 'zod';

/** What one option is: everything that flags, environment, configuration file, help and types need of it. */
export interface OptionRow {
  /** The flag without dashes. Environment variable and configuration key derive from it. */
  readonly flag: string;
  readonly placeholder: string;
  readonly help: string;
  /** May be given several times; a list in the environment is cut at spaces and commas. */
  readonly list?: true;
  /** What a flag's or variable's text becomes before the schema sees it. Text unless told. A boolean has `--no-FLAG` too. */
  readonly text?: 'number' | 'boolean';
  /** A file or folder, made absolute: relative ones start where the option was written. */
  readonly path?: true;
  /** Takes effect when the configuration is read again (SIGHUP); others need a restart. */
  readonly live?: true;
  readonly schema: z.ZodType;
  /** In the form of the configuration file. */
  readonly standard: unknown;
}
