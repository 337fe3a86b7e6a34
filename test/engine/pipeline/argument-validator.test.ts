import { describe, expect, it } from 'vitest';
import { ArgumentValidator } from '../../../electron/engine/pipeline/argument-validator.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { parseStrictJson } from '../../../electron/engine/wire/strict-json.ts';

let hash = 0;
const check = (inputSchema: JsonObject, args: JsonObject) => {
  hash += 1;
  return new ArgumentValidator().check(`${hash}`, { name: 't', inputSchema }, args);
};

/** As the gateway reads them: objects without a prototype. */
const read = (text: string) => {
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return parsed.value as JsonObject;
};

/** `levels` definitions, each of which refers twice to the next. */
const doubling = (levels: number, keyword: string): JsonObject => {
  const $defs: JsonObject = { [`d${levels}`]: { type: 'string' } };
  for (let i = 0; i < levels; i += 1) {
    const next = { $ref: `#/$defs/d${i + 1}` };
    $defs[`d${i}`] = { [keyword]: [next, next] };
  }
  return { type: 'object', properties: { a: { $ref: '#/$defs/d0' } }, $defs };
};

describe('ArgumentValidator', () => {
  it.each([
    { $async: true, type: 'object', required: ['a'] },
    { type: 'object', properties: { a: { $async: true } } },
    { type: 'object', allOf: [{ $async: {} }] },
    { type: 'object', $defs: { a: { items: { $async: true } } } },
    { type: 'object', properties: { $async: true }, allOf: [{ $ref: '#/properties' }] },
  ])('refuses a schema that wants to answer later, wherever it says so: %j (security)', (schema) => {
    expect(check(schema, {})).toMatchObject({ ok: false, message: expect.stringContaining('later') });
  });

  it('takes an argument that is only called $async', () => {
    const schema = { type: 'object', properties: { $async: { type: 'boolean' } }, default: { $async: true } };
    expect(check(schema, { $async: true })).toEqual({ ok: true });
    expect(check(schema, { $async: 'x' })).toMatchObject({ ok: false });
  });

  it('takes null for an argument that is told in a header too, where it is not required (2026-07-28)', () => {
    const flag = { type: 'boolean', 'x-mcp-header': 'Flag' };
    const inner = { type: 'object', properties: { flag }, additionalProperties: false };
    const schema = { type: 'object', properties: { flag, inner, plain: { type: 'boolean' } } };
    expect(check(schema, { flag: null, inner: { flag: null } })).toEqual({ ok: true });
    expect(check(schema, { flag: null, plain: null })).toMatchObject({ ok: false });
    expect(check(schema, { flag: 'yes' })).toMatchObject({ ok: false });
    expect(check(schema, { flag: null, inner: { flag: null, more: 1 } })).toMatchObject({ ok: false });
    expect(check({ ...schema, required: ['flag'] }, { flag: null })).toMatchObject({ ok: false });
  });

  it.each(['anyOf', 'oneOf', 'allOf'])('refuses a schema that doubles over and over by %s (security)', (keyword) => {
    expect(check(doubling(40, keyword), { a: 1 })).toMatchObject({
      ok: false,
      message: expect.stringContaining('long'),
    });
    expect(check(doubling(5, 'anyOf'), { a: 'x' })).toEqual({ ok: true });
  });

  it('ends the check of a recursive schema whose work doubles with each level of the arguments (security)', () => {
    const self = { $ref: '#/$defs/a' };
    const schema = {
      type: 'object',
      $ref: '#/$defs/a',
      $defs: { a: { required: ['y'], properties: { x: { anyOf: [self, self] } } } },
    };
    let args: JsonObject = {};
    for (let i = 0; i < 60; i += 1) args = { x: args, y: 1 };
    expect(check(schema, args)).toMatchObject({ ok: false });
  });

  it('refuses what is too deep, too large or elsewhere (security)', () => {
    let deep: JsonObject = { type: 'string' };
    for (let i = 0; i < 20; i += 1) deep = { properties: { a: deep } };
    expect(check(deep, {})).toMatchObject({ message: expect.stringContaining('deeply') });
    const properties = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`p${i}`, { type: 'string' }]));
    expect(check({ type: 'object', properties }, {})).toMatchObject({ message: expect.stringContaining('large') });
    for (const $ref of ['https://example.com/a.json', 'http://json-schema.org/draft-07/schema#', 'a.json'])
      expect(check({ type: 'object', allOf: [{ $ref }] }, {})).toMatchObject({
        message: expect.stringContaining('another document'),
      });
  });

  it('follows a tree as deep as its arguments go', () => {
    const children = { type: 'array', items: { $ref: '#' } };
    const schema = { type: 'object', properties: { name: { type: 'string' }, children }, required: ['name'] };
    const leaf = { name: 'c' };
    expect(check(schema, { name: 'a', children: [{ name: 'b', children: [leaf] }] })).toEqual({ ok: true });
    expect(check(schema, { name: 'a', children: [{ children: [leaf] }] })).toMatchObject({ ok: false });
  });

  it('knows an allowed object again, and two equal ones, as arguments are really read (security)', () => {
    const schema = read('{"type":"object","properties":{"a":{"enum":[{"b":1}]},"l":{"uniqueItems":true}}}');
    expect(check(schema, read('{"a":{"b":1}}'))).toEqual({ ok: true });
    expect(check(schema, read('{"a":{"b":2}}'))).toMatchObject({ ok: false });
    expect(check(schema, read('{"l":[{"b":1},{"b":2}]}'))).toEqual({ ok: true });
    expect(check(schema, read('{"l":[{"b":1,"c":2},{"c":2,"b":1}]}'))).toMatchObject({ ok: false });
  });

  it('does not take what every object inherits for an argument (security)', () => {
    expect(check({ type: 'object', required: ['constructor'] }, {})).toMatchObject({ ok: false });
    expect(check({ type: 'object', properties: { toString: { type: 'string' } } }, {})).toEqual({ ok: true });
  });

  it('holds each pattern of a schema against its own argument (security)', () => {
    const schema = { type: 'object', properties: { a: { pattern: '^a+$' }, b: { pattern: '^b+$' } } };
    expect(check(schema, { a: 'aa', b: 'bb' })).toEqual({ ok: true });
    expect(check(schema, { a: 'aa', b: 'aa' })).toMatchObject({ ok: false });
  });

  it('refuses arguments on which the patterns would take too long (security)', () => {
    const schema = { type: 'object', properties: { a: { pattern: '(a|b){1000}$' } } };
    expect(check(schema, { a: 'ab'.repeat(500_000) })).toMatchObject({ ok: false });
  });

  it('checks thousands of objects for equal ones', () => {
    const l = Array.from({ length: 15_000 }, (_, i) => ({ i }));
    const schema = { type: 'object', properties: { l: { type: 'array', uniqueItems: true } } };
    expect(check(schema, { l })).toEqual({ ok: true });
    expect(check(schema, { l: [...l, { i: 7 }] })).toMatchObject({ message: expect.stringContaining('twice') });
  });
});
