import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';

/** Arrays and objects inside one another. */
const maxDepth = 32;
/** Objects and arrays of the whole schema. */
const maxNodes = 2_000;
/** Subschemas as a check meets them: one that is referred to twice counts twice. */
const maxReached = 10_000;
const maxPatternLength = 1_000;
/** Beyond this many subschemas a check is watched. */
const heavyReached = 500;
/** Alternatives of one `enum` that cost as much as a subschema. */
const enumsPerNode = 32;

/** Their values are data, whatever they look like. */
const dataKeywords = new Set(['const', 'enum', 'default', 'examples', 'required']);
/** Their members are names of the author's choice, each with a schema. */
const mapKeywords = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);
const refKeywords = new Set(['$ref', '$dynamicRef', '$recursiveRef']);

export type SchemaSize = { ok: true; isHeavy: boolean } | { ok: false; why: string };

interface Walk {
  root: JsonObject;
  anchors: Map<string, JsonObject>;
  /** Schemas being walked, so that a recursion is walked once. */
  open: Set<JsonObject>;
  reached: number;
  isRecursive: boolean;
  why: string | null;
}

/**
 * Measures a schema before anything is compiled from it: a few hundred bytes of references to references can mean more
 * work than a machine ever does. Itself bounded; `why` completes "its schema …".
 */
export function measureSchema(root: JsonObject): SchemaSize {
  const form = findFormProblem(root);
  if (form !== null) return { ok: false, why: form };
  const walk: Walk = { root, anchors: new Map(), open: new Set(), reached: 0, isRecursive: false, why: null };
  collectAnchors(root, walk);
  if (walk.why === null) visit(root, walk);
  if (walk.why !== null) return { ok: false, why: walk.why };
  return { ok: true, isHeavy: walk.isRecursive || walk.reached > heavyReached };
}

function findFormProblem(root: JsonObject): string | null {
  let nodes = 0;
  const pending: { value: JsonValue; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    nodes += 1;
    if (depth > maxDepth) return 'is nested too deeply';
    if (nodes > maxNodes) return 'is too large';
    for (const member of Object.values(value)) pending.push({ value: member as JsonValue, depth: depth + 1 });
  }
  return null;
}

/** Names that references can lead to; another base address inside would change where all others lead. */
function collectAnchors(schema: JsonValue, walk: Walk): void {
  if (Array.isArray(schema)) for (const one of schema) collectAnchors(one, walk);
  if (!isObject(schema)) return;
  for (const name of [schema.$anchor, schema.$dynamicAnchor])
    if (typeof name === 'string') walk.anchors.set(name, schema);
  const { $id } = schema;
  if (typeof $id === 'string' && schema !== walk.root) {
    if ($id.startsWith('#')) walk.anchors.set($id.slice(1), schema);
    else walk.why = 'has a part with an address of its own';
  }
  for (const [, schemas] of subschemas(schema)) for (const one of schemas) collectAnchors(one, walk);
}

/** The parts of a schema that may be schemas: those of unknown keywords too, since a reference may lead to them. */
function subschemas(schema: JsonObject): [string, JsonValue[]][] {
  return Object.entries(schema)
    .filter(([keyword]) => !dataKeywords.has(keyword))
    .map(([keyword, value]) => [
      keyword,
      mapKeywords.has(keyword) && isObject(value) ? valuesOf(value) : [value ?? null],
    ]);
}

function valuesOf(map: JsonObject): JsonValue[] {
  return Object.values(map).map((value) => value ?? null);
}

function visit(schema: JsonValue, walk: Walk): void {
  if (walk.why !== null) return;
  if (Array.isArray(schema)) for (const one of schema) visit(one, walk);
  if (!isObject(schema)) return;
  if (walk.open.has(schema)) {
    walk.isRecursive = true;
    return;
  }
  walk.reached += 1 + (Array.isArray(schema.enum) ? Math.floor(schema.enum.length / enumsPerNode) : 0);
  if (walk.reached > maxReached) walk.why = 'would take too long to check';
  else if (schema.$async !== undefined) walk.why = 'asks for an answer later';
  else if (hasLongPattern(schema)) walk.why = 'has a pattern that is too long';
  if (walk.why !== null) return;
  walk.open.add(schema);
  for (const [keyword, schemas] of subschemas(schema)) {
    if (refKeywords.has(keyword)) visitTarget(schemas[0], walk);
    // definitions are reached through references
    else if (keyword !== '$defs' && keyword !== 'definitions') for (const one of schemas) visit(one, walk);
    else for (const one of schemas) refuseAsync(one, walk);
  }
  walk.open.delete(schema);
}

function visitTarget(ref: JsonValue | undefined, walk: Walk): void {
  if (typeof ref !== 'string') return;
  if (!ref.startsWith('#')) {
    walk.why = 'refers to another document';
    return;
  }
  const target = resolve(ref.slice(1), walk);
  if (target === undefined) walk.why = 'refers to a part that is not there';
  else visit(target, walk);
}

function resolve(fragment: string, { root, anchors }: Walk): JsonValue | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
  if (decoded === '') return root;
  if (!decoded.startsWith('/')) return anchors.get(decoded);
  let at: JsonValue | undefined = root;
  for (const part of decoded.slice(1).split('/')) {
    const member: string = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, member)) return undefined;
    at = (at as JsonObject)[member];
  }
  return at;
}

function refuseAsync(schema: JsonValue, walk: Walk): void {
  if (Array.isArray(schema)) for (const one of schema) refuseAsync(one, walk);
  if (!isObject(schema)) return;
  if (schema.$async !== undefined) walk.why ??= 'asks for an answer later';
  for (const [, schemas] of subschemas(schema)) for (const one of schemas) refuseAsync(one, walk);
}

function hasLongPattern({ pattern, patternProperties }: JsonObject): boolean {
  const patterns = isObject(patternProperties) ? Object.keys(patternProperties) : [];
  if (typeof pattern === 'string') patterns.push(pattern);
  return patterns.some((one) => one.length > maxPatternLength);
}
