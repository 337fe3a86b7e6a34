import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from './messages.ts';

/**
 * Headers that mirror the body of a modern HTTP request (MCP 2026-07-28, transports/streamable-http, "Request
 * Metadata"). They are derived from what is sent, each time anew: a stale one would speak for other arguments.
 */

const annotation = 'x-mcp-header';
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const mirroredTypes = new Set(['string', 'integer', 'boolean']);
/** Schemas are text of a server; beyond this nothing is looked for and the definition counts as invalid. */
const maxDepth = 64;

interface ParamHeader {
  /** Lower case, as HTTP/1.1 compares. */
  header: string;
  path: string[];
}

type Scan = { ok: true; headers: ParamHeader[] } | { ok: false; reason: string };

/** Why an HTTP client must leave this tool out: an `x-mcp-header` that breaks the rules; null when none does. */
export function findHeaderFault(definition: JsonObject): string | null {
  const scan = scanSchema(definition.inputSchema);
  return scan.ok ? null : scan.reason;
}

/** `Mcp-Method`, `Mcp-Name` and `Mcp-Param-*` of one request; `definition` is the tool's when it is a `tools/call`. */
export function mirrorHeaders(
  method: string,
  params: JsonObject,
  definition: JsonObject | null,
): Record<string, string> {
  const headers: Record<string, string> = { 'mcp-method': method };
  const member = nameMembers.get(method);
  const name = member === undefined ? undefined : params[member];
  if (typeof name === 'string') headers['mcp-name'] = encodeHeaderValue(name);
  if (method !== 'tools/call' || definition === null) return headers;
  const scan = scanSchema(definition.inputSchema);
  if (!scan.ok) return headers;
  for (const { header, path } of scan.headers) {
    const text = mirrorText(readPath(params.arguments, path));
    if (text !== null) headers[header] = encodeHeaderValue(text);
  }
  return headers;
}

/** The last four are of the tasks extension. */
const nameMembers = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/result', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** Visible ASCII, inner spaces and tabs go as they are; everything else, and what looks encoded, goes as Base64. */
export function encodeHeaderValue(value: string): string {
  const isPlain = /^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(value) || value === '';
  if (isPlain && !/^=\?base64\?.*\?=$/.test(value)) return value;
  return `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

function mirrorText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

function readPath(value: JsonValue | undefined, path: string[]): JsonValue | undefined {
  let at = value;
  for (const step of path) {
    if (!isObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}

function scanSchema(schema: unknown): Scan {
  const headers: ParamHeader[] = [];
  const reason = isObject(schema) ? scanNode(schema, [], true, 0, headers) : null;
  return reason === null ? { ok: true, headers } : { ok: false, reason };
}

/** Walks a schema; `isReachable`: only `properties` keys lead here. Returns what breaks the rules, or null. */
function scanNode(
  node: JsonObject,
  path: string[],
  isReachable: boolean,
  depth: number,
  headers: ParamHeader[],
): string | null {
  if (depth > maxDepth) return 'its input schema is nested too deeply';
  if (Object.hasOwn(node, annotation)) {
    const reason = takeAnnotation(node, path, isReachable, headers);
    if (reason !== null) return reason;
  }
  for (const [key, value] of Object.entries(node)) {
    if (dataKeywords.has(key)) continue;
    const reason = scanChild(key, value, path, isReachable, depth, headers);
    if (reason !== null) return reason;
  }
  return null;
}

/** Their values are data, not schemas: an annotation in there is none. */
const dataKeywords = new Set(['default', 'const', 'enum', 'examples', 'example', annotation]);
/** Their values map names to schemas. */
const namedSchemas = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

function scanChild(
  key: string,
  value: JsonValue,
  path: string[],
  isReachable: boolean,
  depth: number,
  headers: ParamHeader[],
): string | null {
  if (Array.isArray(value)) {
    for (const item of value) {
      const reason = isObject(item) ? scanNode(item, path, false, depth + 1, headers) : null;
      if (reason !== null) return reason;
    }
    return null;
  }
  if (!isObject(value)) return null;
  if (!namedSchemas.has(key)) return scanNode(value, path, false, depth + 1, headers);
  for (const [name, child] of Object.entries(value)) {
    if (!isObject(child)) continue;
    const goesOn = isReachable && key === 'properties';
    const reason = scanNode(child, [...path, name], goesOn, depth + 1, headers);
    if (reason !== null) return reason;
  }
  return null;
}

function takeAnnotation(node: JsonObject, path: string[], isReachable: boolean, headers: ParamHeader[]): string | null {
  const name = node[annotation];
  if (!isReachable || path.length === 0) return `${annotation} stands where no argument can be read from`;
  if (typeof name !== 'string' || !token.test(name)) return `${annotation} is not a header name`;
  if (typeof node.type !== 'string' || !mirroredTypes.has(node.type)) {
    return `${annotation} stands at a parameter that is no string, integer or boolean`;
  }
  const header = `mcp-param-${name.toLowerCase()}`;
  if (headers.some((other) => other.header === header)) return `${annotation} names one header twice`;
  headers.push({ header, path });
  return null;
}
