import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonicalJson } from '../core/canonical.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { createPatterns } from './linear-patterns.ts';
import { runBounded } from './run-bounded.ts';
import { measureSchema } from './schema-bounds.ts';

const maxCached = 2_000;
const maxShownErrors = 3;
/** How long one check of a recursive or large schema may take, milliseconds. */
const maxCheckMs = 500;

export type Validation = { ok: true } | { ok: false; message: string };

type Checker = (args: JsonObject) => Validation;

/**
 * Checks arguments against a tool's input schema. Schemas come from servers, so their size is bounded before they are
 * compiled, patterns run on a linear-time engine, no reference is fetched, and a schema that cannot be used at all refuses
 * the call.
 */
export class ArgumentValidator {
  readonly #cache = new Map<string, Checker>();

  /** `definitionHash` keys the compiled schema; at most 2,000 are kept. Never throws. */
  check(definitionHash: string, definition: JsonObject, args: JsonObject): Validation {
    try {
      return this.#compiled(definitionHash, definition)(toPlain(args) as JsonObject);
    } catch {
      return { ok: false, message: 'These arguments cannot be checked against the tool’s input schema.' };
    }
  }

  #compiled(hash: string, definition: JsonObject): Checker {
    const cached = this.#cache.get(hash);
    if (cached) return cached;
    const [oldest] = this.#cache.keys();
    if (this.#cache.size >= maxCached && oldest !== undefined) this.#cache.delete(oldest);
    const checker = makeChecker(definition.inputSchema);
    this.#cache.set(hash, checker);
    return checker;
  }
}

function makeChecker(given: JsonValue | undefined): Checker {
  if (!isObject(given)) return refuseAll('is not an object');
  const size = measureSchema(given);
  if (!size.ok) return refuseAll(size.why);
  const patterns = createPatterns();
  const validate = compile(toPlain(given) as JsonObject, patterns.engine);
  if (validate === null) return refuseAll('is not valid');
  const check = (args: JsonObject): Validation => {
    const isValid: unknown = validate(args);
    return isValid === true ? { ok: true } : { ok: false, message: describeErrors(validate.errors ?? []) };
  };
  const hasMirrored = JSON.stringify(given).includes(`"${annotation}"`);
  const run = (args: JsonObject): Validation => {
    patterns.restart();
    const first = check(args);
    const rest = first.ok || !hasMirrored ? null : withoutNulls(args, given);
    return rest === null ? first : check(rest);
  };
  return size.isHeavy ? (args) => runBounded(() => run(args), maxCheckMs) : run;
}

/** Marks an argument that is told in a header too (2026-07-28, custom headers from tool parameters). */
const annotation = 'x-mcp-header';

/**
 * The arguments less each null that stands for a marked one: it says that there is none, whatever type the schema names
 * (2026-07-28, server behavior for custom headers). Null: there are no such. A required one is still missed.
 */
function withoutNulls(args: JsonObject, schema: JsonObject): JsonObject | null {
  const { properties } = schema;
  if (!isObject(properties)) return null;
  const kept: JsonObject = { ...args };
  let isChanged = false;
  for (const [name, property] of Object.entries(properties)) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (!isObject(property) || value === undefined) continue;
    const inner = isObject(value) ? withoutNulls(value, property) : null;
    if (inner !== null) kept[name] = inner;
    else if (value === null && typeof property[annotation] === 'string') delete kept[name];
    else continue;
    isChanged = true;
  }
  return isChanged ? kept : null;
}

function refuseAll(why: string): Checker {
  const message = `The tool’s input schema ${why}, so its arguments cannot be checked and it cannot be called.`;
  return () => ({ ok: false, message });
}

function compile(schema: JsonObject, regExp: ReturnType<typeof createPatterns>['engine']): ValidateFunction | null {
  const dialect = typeof schema.$schema === 'string' ? schema.$schema : '';
  // one instance for each schema: what two servers name alike must not clash
  const options = {
    strict: false,
    logger: false,
    allErrors: false,
    validateFormats: false,
    // a member nobody sent (`constructor`) is not there
    ownProperties: true,
    // each definition is compiled once, however often it is referred to
    inlineRefs: false,
    code: { regExp },
  } as const;
  try {
    const ajv = /draft-0[4-7]/.test(dialect) ? new Ajv(options) : new Ajv2020(options);
    ajv.removeKeyword('uniqueItems');
    ajv.addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      schemaType: 'boolean',
      error: { message: 'must not have the same item twice' },
      validate: (isWanted: boolean, items: JsonValue[]) => !isWanted || areUnique(items),
    });
    // the dialect was chosen by looking at it, and every reference stays inside: Ajv must look up neither
    const { $schema: _dialect, $id: _id, ...rest } = schema;
    const validate = ajv.compile(rest);
    // an answer that comes later would count as a yes
    return '$async' in validate && validate.$async ? null : validate;
  } catch {
    return null;
  }
}

/** In linear time, which Ajv's own comparison of every pair is not. */
function areUnique(items: JsonValue[]): boolean {
  return new Set(items.map((item) => canonicalJson(item))).size === items.length;
}

/** A copy whose objects have the prototype Ajv's comparisons expect. */
function toPlain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toPlain(member ?? null)]));
}

function describeErrors(errors: ErrorObject[]): string {
  const shown = errors.slice(0, maxShownErrors).map((error) => {
    const where = error.instancePath === '' ? 'arguments' : `arguments${error.instancePath.replaceAll('/', '.')}`;
    const extra = error.keyword === 'additionalProperties' ? ` (${String(error.params.additionalProperty)})` : '';
    return `${where} ${error.message ?? 'is not valid'}${extra}`;
  });
  return `Invalid arguments: ${shown.join('; ')}.`;
}
