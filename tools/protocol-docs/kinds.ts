import type { Layout } from '../../shared-protocol/wire/layout.ts';
import type { Message } from '../../shared-protocol/wire/message-table.ts';

export type AnyLayout = Layout<any>;
export type Cases = Readonly<
  Record<string, readonly [tag: number, fields: Readonly<Record<string, AnyLayout>>]>
>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function every(value: unknown, test: (one: unknown) => boolean): boolean {
  return isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(test);
}

export function isLayout(value: unknown): value is AnyLayout {
  return isObject(value) && 'shape' in value && 'minSize' in value;
}

export function isMessages(value: unknown): value is Readonly<Record<string, Message>> {
  return every(value, (one) => isObject(one) && typeof one['type'] === 'number' && 'fields' in one);
}

export function isCases(value: unknown): value is Cases {
  return every(value, (one) => Array.isArray(one) && typeof one[0] === 'number' && isObject(one[1]));
}

export function isValues(value: unknown): value is Readonly<Record<string, number>> {
  return every(value, (one) => typeof one === 'number');
}
