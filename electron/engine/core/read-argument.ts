import { type ArgumentPath, everyElement } from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';

/** What stands at the end of a path. `mistyped`: something on the way is no object or list. */
export type Leaf = { kind: 'value'; value: JsonValue } | { kind: 'absent'; required: boolean } | { kind: 'mistyped' };

/** Elements one path may fan out to; more than this is not looked through and counts as mistyped. */
const maxLeaves = 10_000;

/**
 * Every value a path leads to, own members only. Whether an absent one is required is read from the tool's input schema;
 * where the schema does not say, it is optional. An empty list has one absent leaf.
 */
export function readArgument(args: JsonObject, path: ArgumentPath, inputSchema: JsonValue | undefined): Leaf[] {
  const leaves: Leaf[] = [];
  walk(args, path, 0, inputSchema, leaves);
  return leaves.length > maxLeaves ? [{ kind: 'mistyped' }] : leaves;
}

function walk(value: JsonValue, path: ArgumentPath, at: number, schema: JsonValue | undefined, leaves: Leaf[]): void {
  if (leaves.length > maxLeaves) return;
  const part = path[at];
  if (part === undefined) {
    leaves.push({ kind: 'value', value });
    return;
  }
  if (typeof part === 'string') {
    walkMember(value, part, path, at, schema, leaves);
    return;
  }
  if (!Array.isArray(value)) {
    leaves.push({ kind: 'mistyped' });
    return;
  }
  const items = memberOf(schema, 'items');
  if (part === everyElement) {
    if (value.length === 0) leaves.push({ kind: 'absent', required: false });
    for (const element of value) walk(element, path, at + 1, items, leaves);
    return;
  }
  const element = value[part];
  if (element === undefined) leaves.push({ kind: 'absent', required: false });
  else walk(element, path, at + 1, items, leaves);
}

function walkMember(
  value: JsonValue,
  key: string,
  path: ArgumentPath,
  at: number,
  schema: JsonValue | undefined,
  leaves: Leaf[],
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    leaves.push({ kind: 'mistyped' });
    return;
  }
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  if (member === undefined) {
    const required = memberOf(schema, 'required');
    leaves.push({ kind: 'absent', required: Array.isArray(required) && required.includes(key) });
    return;
  }
  walk(member, path, at + 1, memberOf(memberOf(schema, 'properties'), key), leaves);
}

function memberOf(schema: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined;
  return Object.hasOwn(schema, key) ? schema[key] : undefined;
}
