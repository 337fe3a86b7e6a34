import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import type { Admission } from './head-guards.ts';

/** The member of params that `Mcp-Name` mirrors, for the methods that have one. */
const namedBy: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/**
 * What of the headers does not agree with the body, as a sentence without text of either; null when all do. Policy reads
 * the body only, so a header that says something else would have told an intermediary a lie (2026-07-28, server
 * validation).
 */
export function findHeaderMismatch(
  head: Pick<Admission, 'mcpMethod' | 'mcpName' | 'mcpParams'>,
  method: string,
  params: JsonObject,
  toolSchema: (name: string) => JsonObject | null,
): string | null {
  if (head.mcpMethod === null) return 'The header Mcp-Method is missing.';
  if (head.mcpMethod !== method) return 'The header Mcp-Method does not match the body.';
  const member = Object.hasOwn(namedBy, method) ? namedBy[method] : undefined;
  const name = member === undefined ? undefined : params[member];
  if (typeof name === 'string') {
    if (head.mcpName === null) return 'The header Mcp-Name is missing.';
    if (decodeHeaderValue(head.mcpName) !== name) return 'The header Mcp-Name does not match the body.';
    if (method === 'tools/call') return findParamMismatch(head.mcpParams, params.arguments, toolSchema(name));
  } else if (member !== undefined && head.mcpName !== null) return 'The header Mcp-Name does not match the body.';
  return null;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A header's value, taken out of `=?base64?…?=` where it stands in one; null when it is not well-formed. */
export function decodeHeaderValue(value: string): string | null {
  if (!value.startsWith('=?base64?') || !value.endsWith('?=') || value.length < 11) {
    return /^[\x20-\x7e\t]*$/.test(value) ? value : null;
  }
  const text = value.slice(9, -2);
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  // One spelling for one value: bits that no byte shows would let two headers look unlike and mean the same.
  if (bytes.toString('base64') !== text) return null;
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function findParamMismatch(
  headers: ReadonlyMap<string, string>,
  args: JsonValue | undefined,
  schema: JsonObject | null,
): string | null {
  if (schema === null) return null;
  for (const [name, path] of readParamHeaders(schema)) {
    const value = readPath(args, path);
    const header = headers.get(name);
    if (value === undefined || value === null) {
      if (header !== undefined) return 'A header Mcp-Param stands for an argument that is not given.';
    } else if (typeof value !== 'object') {
      if (header === undefined) return 'A header Mcp-Param is missing.';
      if (!mirrors(header, value)) return 'A header Mcp-Param does not match the body.';
    }
  }
  return null;
}

/** Deeper than any form a person fills in; schemas come from servers. */
const maxSchemaDepth = 16;

/**
 * The `x-mcp-header` annotations that are reachable by `properties` alone, as header name in lower case → path. None
 * when two of them share a name: such a tool is invalid, and clients mirror nothing for it.
 */
function readParamHeaders(schema: JsonObject): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let isInvalid = false;
  const visit = (node: JsonObject, path: readonly string[]): void => {
    const { properties } = node;
    if (!isObject(properties) || path.length >= maxSchemaDepth) return;
    for (const [key, property] of Object.entries(properties)) {
      if (!isObject(property)) continue;
      const here = [...path, key];
      const name = property['x-mcp-header'];
      if (typeof name === 'string') {
        if (found.has(name.toLowerCase())) isInvalid = true;
        found.set(name.toLowerCase(), here);
      }
      visit(property, here);
    }
  };
  visit(schema, []);
  return isInvalid ? new Map() : found;
}

function readPath(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let at = value;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

function mirrors(header: string, value: string | number | boolean): boolean {
  const decoded = decodeHeaderValue(header);
  if (decoded === null) return false;
  // Integers are compared as numbers (`42.0` is 42), by the specification's advice.
  if (typeof value === 'number') return /^-?\d+(\.\d+)?$/.test(decoded) && Number(decoded) === value;
  return decoded === String(value);
}
