import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { JsonObject } from '../wire/json-rpc.ts';

const maxCached = 2_000;
const maxShownErrors = 3;

export type Validation = { ok: true } | { ok: false; message: string };

/**
 * Checks arguments against a tool's input schema. Schemas come from servers, so patterns run on a linear-time engine, no
 * reference is fetched, and a schema that cannot be used at all refuses the call.
 */
export class ArgumentValidator {
  readonly #cache = new Map<string, ValidateFunction | null>();

  /** `definitionHash` keys the compiled schema; at most 2,000 are kept. */
  check(definitionHash: string, definition: JsonObject, args: JsonObject): Validation {
    const validate = this.#compiled(definitionHash, definition);
    if (!validate)
      return { ok: false, message: 'The tool’s input schema cannot be used, so its arguments cannot be checked.' };
    if (validate(args)) return { ok: true };
    return { ok: false, message: describeErrors(validate.errors ?? []) };
  }

  #compiled(hash: string, definition: JsonObject): ValidateFunction | null {
    const cached = this.#cache.get(hash);
    if (cached !== undefined) return cached;
    const [oldest] = this.#cache.keys();
    if (this.#cache.size >= maxCached && oldest !== undefined) this.#cache.delete(oldest);
    const compiled = compile(definition.inputSchema);
    this.#cache.set(hash, compiled);
    return compiled;
  }
}

function compile(schema: unknown): ValidateFunction | null {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return null;
  const dialect = '$schema' in schema && typeof schema.$schema === 'string' ? schema.$schema : '';
  // one instance for each schema: an `$id` used twice by two servers must not clash
  const options = {
    strict: false,
    logger: false,
    allErrors: false,
    validateFormats: false,
    addUsedSchema: false,
    code: { regExp: linearRegExp },
  } as const;
  const ajv = /draft-0[4-7]/.test(dialect) ? new Ajv(options) : new Ajv2020(options);
  try {
    // the dialect was chosen by looking at it; Ajv must not look it up again
    const { $schema: _dialect, ...rest } = schema as Record<string, unknown>;
    return ajv.compile(rest);
  } catch {
    return null;
  }
}

/** A pattern the linear engine has no form for (look-around, back references) is left to the server. */
function linearRegExp(pattern: string): { test(text: string): boolean } {
  try {
    const compiled = RE2JS.compile(pattern);
    return { test: (text) => compiled.matcher(text).find() };
  } catch {
    return { test: () => true };
  }
}
linearRegExp.code = 'linearRegExp';

function describeErrors(errors: ErrorObject[]): string {
  const shown = errors.slice(0, maxShownErrors).map((error) => {
    const where = error.instancePath === '' ? 'arguments' : `arguments${error.instancePath.replaceAll('/', '.')}`;
    const extra = error.keyword === 'additionalProperties' ? ` (${String(error.params.additionalProperty)})` : '';
    return `${where} ${error.message ?? 'is not valid'}${extra}`;
  });
  return `Invalid arguments: ${shown.join('; ')}.`;
}
