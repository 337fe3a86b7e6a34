import { expect, test } from 'vitest';
import { encodeHeaderValue, findHeaderFault, mirrorHeaders } from '../../../electron/engine/upstream/param-headers.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';

const tool = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  name: 't',
  inputSchema: { type: 'object', properties, ...more },
});

// The table of the specification, transports/streamable-http, "Encoding examples".
test.each([
  ['us-west1', 'us-west1'],
  ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
  [' padded ', '=?base64?IHBhZGRlZCA=?='],
  ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
  ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ['a b\tc', 'a b\tc'],
  ['a\r\nx-injected: 1', '=?base64?YQ0KeC1pbmplY3RlZDogMQ==?='],
  ['', ''],
])('encodes %j as %j', (value, encoded) => {
  expect(encodeHeaderValue(value)).toBe(encoded);
});

test('mirrors strings, integers and booleans from their exact path, and omits the rest', () => {
  const definition = tool({
    region: { type: 'string', 'x-mcp-header': 'Region' },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    dry: { type: 'boolean', 'x-mcp-header': 'Dry-Run' },
    gone: { type: 'string', 'x-mcp-header': 'Gone' },
    nil: { type: 'string', 'x-mcp-header': 'Nil' },
    huge: { type: 'integer', 'x-mcp-header': 'Huge' },
    inner: { type: 'object', properties: { deep: { type: 'string', 'x-mcp-header': 'Deep' } } },
    toString: { type: 'string', 'x-mcp-header': 'Proto' },
  });
  const args = { region: 'x', count: -7, dry: false, nil: null, huge: 2 ** 60, inner: { deep: 'd' } };
  expect(mirrorHeaders('tools/call', { name: 'tööl', arguments: args }, definition)).toEqual({
    'mcp-method': 'tools/call',
    'mcp-name': '=?base64?dMO2w7Zs?=',
    'mcp-param-region': 'x',
    'mcp-param-count': '-7',
    'mcp-param-dry-run': 'false',
    'mcp-param-deep': 'd',
  });
});

test.each([
  ['prompts/get', { name: 'p' }, 'p'],
  ['resources/read', { uri: 'a:b' }, 'a:b'],
  ['tasks/get', { taskId: 't' }, 't'],
  ['tools/list', { name: 'n' }, undefined],
  ['completion/complete', { ref: { name: 'n' } }, undefined],
])('names what %s is about', (method, params, name) => {
  expect(mirrorHeaders(method, params, null)['mcp-name']).toBe(name);
});

test.each([
  ['no string', tool({ x: { type: 'string', 'x-mcp-header': 1 } })],
  ['empty', tool({ x: { type: 'string', 'x-mcp-header': '' } })],
  ['no token', tool({ x: { type: 'string', 'x-mcp-header': 'a b' } })],
  ['a line break', tool({ x: { type: 'string', 'x-mcp-header': 'a\r\nb' } })],
  ['twice', tool({ x: { type: 'string', 'x-mcp-header': 'A' }, y: { type: 'string', 'x-mcp-header': 'a' } })],
  ['a number', tool({ x: { type: 'number', 'x-mcp-header': 'X' } })],
  ['an object', tool({ x: { type: 'object', 'x-mcp-header': 'X' } })],
  ['no type', tool({ x: { 'x-mcp-header': 'X' } })],
  ['two types', tool({ x: { type: ['string', 'null'], 'x-mcp-header': 'X' } })],
  ['at the root', tool({}, { 'x-mcp-header': 'X' })],
  ['in items', tool({ x: { type: 'array', items: { type: 'string', 'x-mcp-header': 'X' } } })],
  ['in anyOf', tool({ x: { anyOf: [{ type: 'string', 'x-mcp-header': 'X' }] } })],
  ['in if', tool({}, { if: { properties: { x: { type: 'string', 'x-mcp-header': 'X' } } } })],
  ['in $defs', tool({}, { $defs: { x: { type: 'string', 'x-mcp-header': 'X' } } })],
  ['beside additionalProperties', tool({}, { additionalProperties: { type: 'string', 'x-mcp-header': 'X' } })],
])('an annotation that breaks the rules makes the tool invalid: %s', (_name, definition) => {
  expect(findHeaderFault(definition)).not.toBeNull();
});

test('names that look like keywords, and data that looks like an annotation, are neither', () => {
  expect(
    findHeaderFault(
      tool({
        items: { type: 'string', 'x-mcp-header': 'Items' },
        default: { type: 'string', 'x-mcp-header': 'Default' },
        x: { type: 'object', default: { 'x-mcp-header': 5 }, enum: [{ 'x-mcp-header': 5 }] },
      }),
    ),
  ).toBeNull();
  expect(findHeaderFault({ name: 't' })).toBeNull();
});
