import { readWith, struct, writeWith, type Layout, type StructFields, type StructValue } from './layout.ts';
import { ProtocolError } from './protocol-error.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** One message: its number on the wire and its fields. */
export interface Message<F extends StructFields = StructFields> {
  readonly type: number;
  readonly fields: F;
}

export function message<const F extends StructFields>(type: number, fields: F): Message<F> {
  return {
    type,
    fields,
  };
}

export type MessageTable = Readonly<Record<string, Message<any>>>;
export type MessageValue<T extends MessageTable, K extends keyof T> = StructValue<T[K]['fields']>;

/** What receives the messages of a table, by name. A promise holds back the channel's later messages. */
export type MessageHandlers<T extends MessageTable> = {
  [K in keyof T]: (value: MessageValue<T, K>) => void | Promise<void>;
};

export interface AnyMessage {
  readonly name: string;
  readonly value: unknown;
}

/** All messages that one side of a channel sends, ready to be read and written. */
export class MessageSet<T extends MessageTable> {
  readonly table: T;
  readonly #byType = new Map<number, { name: string; layout: Layout<unknown> }>();
  readonly #byName = new Map<keyof T, { type: number; layout: Layout<unknown> }>();

  constructor(table: T) {
    this.table = table;
    for (const [name, { type, fields }] of Object.entries(table)) {
      const layout = struct(fields) as Layout<unknown>;
      this.#byType.set(type, { name, layout });
      this.#byName.set(name, { type, layout });
    }
  }

  nameOf(type: number): (keyof T & string) | undefined {
    return this.#byType.get(type)?.name;
  }

  typeOf(name: keyof T): number {
    return this.#entry(name).type;
  }

  /**
   * Reads a message body. Byte views in the value are borrowed from `body`.
   * @returns undefined for a type that the table does not have (to be ignored)
   * @throws ProtocolError with the message's name and the offset
   */
  read(type: number, body: Uint8Array): AnyMessage | undefined {
    const found = this.#byType.get(type);
    if (found === undefined) return undefined;
    try {
      return { name: found.name, value: readWith(found.layout, new Reader(body)) };
    } catch (error) {
      throw error instanceof ProtocolError ? error.at({ message: found.name }) : error;
    }
  }

  /** The body of a message; the writer's buffer is fresh, so the bytes may be kept. */
  write<K extends keyof T>(name: K, value: MessageValue<T, K>): Uint8Array<ArrayBuffer> {
    const writer = new Writer();
    writeWith(this.#entry(name).layout, writer, value);
    return writer.finish();
  }

  #entry(name: keyof T): { type: number; layout: Layout<unknown> } {
    const found = this.#byName.get(name);
    if (found === undefined) throw new TypeError(`no message ${String(name)}`);
    return found;
  }
}
