import { expect, test } from 'vitest';
import type { RawResponse } from '../../../electron/engine/wire/json-rpc.ts';
import {
  type Envelope,
  locateEnvelope,
  resultIsToolError,
  toRawResponse,
} from '../../../electron/engine/wire/raw-response.ts';
import { fc } from '../../helpers/property.ts';

type Located = Extract<Envelope, { kind: 'response' }>;

function locate(text: string): Envelope {
  return locateEnvelope(Buffer.from(text));
}

function located(text: string): Located {
  const envelope = locate(text);
  if (envelope.kind !== 'response') throw new Error(`not a response: ${JSON.stringify(envelope)}`);
  return envelope;
}

function sliceOf(text: string, start: number, end: number): string {
  return Buffer.from(text).toString('utf8', start, end);
}

test.each([
  '{"jsonrpc":"2.0","id":7,"result":{"id":1,"a":["}","\\"",{"id":2}]}}',
  '{"result":{"content":[{"type":"text","text":"{\\"id\\":9}"}]},"jsonrpc":"2.0","id":7}',
  ' \r\n{ "result" : null , "id" :\t7 } \n',
  '{"\\u0069d":7,"r\\u0065sult":[]}',
])('finds the id and the result in %s', (text) => {
  const at = located(text);
  const parsed = JSON.parse(text) as { result: unknown };
  expect(sliceOf(text, at.idStart, at.idEnd)).toBe('7');
  expect(at.has).toBe('result');
  expect(JSON.parse(sliceOf(text, at.valueStart, at.valueEnd))).toEqual(parsed.result);
});

test.each([
  '{"jsonrpc":"2.0","id":7,"result":{},"id":8}',
  '{"jsonrpc":"2.0","id":7,"result":{},"\\u0069d":8}',
  '{"jsonrpc":"2.0","i\\u0064":7,"result":{},"\\u0069\\u0064":8}',
  '{"jsonrpc":"2.0","id":7,"result":{},"result":{"isError":true}}',
  '{"jsonrpc":"2.0","id":7,"method":"x","m\\u0065thod":"y"}',
])('refuses a second member of one meaning: %s (security)', (text) => {
  expect(locate(text)).toEqual({ kind: 'refused', reason: 'duplicate_member' });
});

test.each([
  '{"jsonrpc":"2.0","id":7,"result":{},"method":"sampling/createMessage"}',
  '{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":"x"}}',
  '{"jsonrpc":"2.0","id":7}',
  '{"jsonrpc":"2.0","id":7,"result":{},"ID":8}',
  '{"jsonrpc":"2.0","id":7,"result":{},"Reſult":{}}',
  '{"jsonrpc":"2.0","id":7,"result":{},"re\\u017fult":{}}',
])('refuses a message that could be read in two ways: %s (security)', (text) => {
  expect(locate(text)).toEqual({ kind: 'refused', reason: 'ambiguous' });
});

test.each([
  '',
  'hello',
  '[]',
  '{',
  '{"id":7,"result":{}',
  '{"id":7,"result":{}}x',
  '{"id":{},"result":1}',
  '{"id":7 "result":1}',
  '{"id":7,"method":5}',
])('refuses what is no message: %s', (text) => {
  expect(locate(text)).toEqual({ kind: 'refused', reason: 'not_json' });
});

test('refuses nesting no honest message has, without recursion (security)', () => {
  const deep = `{"id":1,"result":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
  expect(locate(deep)).toEqual({ kind: 'refused', reason: 'too_deep' });
});

test('tells requests, notifications and answers without an id apart', () => {
  expect(locate('{"jsonrpc":"2.0","id":"a","method":"ping"}')).toMatchObject({ kind: 'request', method: 'ping' });
  expect(locate('{"jsonrpc":"2.0","method":"notifications/x","params":{"id":1}}')).toEqual({
    kind: 'notification',
    method: 'notifications/x',
  });
  expect(locate('{"jsonrpc":"2.0","error":{"code":1,"message":""}}')).toEqual({ kind: 'refused', reason: 'no_id' });
});

test('takes the member that is not null when a server sends both', () => {
  for (const [text, has] of [
    ['{"id":7,"result":{"a":1},"error":null}', 'result'],
    ['{"error":{"code":1,"message":"x"},"result":null,"id":7}', 'error'],
  ] as const) {
    const at = located(text);
    const raw = toRawResponse(Buffer.from(text), at);
    expect(raw.has).toBe(has);
    expect(Object.keys(JSON.parse(raw.bytes.toString()) as object)).toEqual(['jsonrpc', 'id', has]);
    expect(raw.bytes.toString('utf8', raw.idStart, raw.idEnd)).toBe('7');
  }
});

const messageText = fc
  .record({
    members: fc.array(
      fc.tuple(fc.oneof(fc.string(), fc.constantFrom('id ', 'ids', 'vendor', '__proto__')), fc.jsonValue()),
    ),
    id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    result: fc.jsonValue({ maxDepth: 5 }),
    place: fc.nat(),
    escaped: fc.boolean(),
    indent: fc.constantFrom(undefined, 1, '\t'),
  })
  .map(({ members, id, result, place, escaped, indent }) => {
    const taken = new Set(['id', 'result', 'error', 'method', 'params', 'jsonrpc']);
    const others = members.filter(([name]) => !taken.has(name.toLowerCase()));
    const all: [string, unknown][] = [...others];
    all.splice(place % (all.length + 1), 0, ['result', result]);
    all.splice((place >> 3) % (all.length + 1), 0, ['id', id]);
    const write = ([name, value]: [string, unknown]) => {
      const key = escaped && name === 'id' ? '"\\u0069d"' : JSON.stringify(name);
      return `${key}:${JSON.stringify(value, null, indent)}`;
    };
    return `{${all.map(write).join(indent === undefined ? ',' : ' ,\n')}}`;
  });

test('finds what JSON.parse finds, whatever stands around it', () => {
  fc.assert(
    fc.property(messageText, (text) => {
      const parsed = JSON.parse(text) as { id: unknown; result: unknown };
      const at = located(text);
      expect(JSON.parse(sliceOf(text, at.idStart, at.idEnd))).toEqual(parsed.id);
      expect(JSON.parse(sliceOf(text, at.valueStart, at.valueEnd))).toEqual(parsed.result);
    }),
    { numRuns: 2000 },
  );
});

test('never finds another id than JSON.parse in damaged messages (security)', () => {
  const damage = fc.tuple(messageText, fc.nat(), fc.constantFrom('"', '\\', '{', '}', ',', ':', '"id":5,', ' '));
  fc.assert(
    fc.property(damage, ([text, place, insert]) => {
      const at = place % (text.length + 1);
      const damaged = text.slice(0, at) + insert + text.slice(at);
      const envelope = locate(damaged);
      if (envelope.kind !== 'response') return;
      let parsed: unknown;
      try {
        parsed = JSON.parse(damaged);
      } catch {
        return;
      }
      const id: unknown = JSON.parse(sliceOf(damaged, envelope.idStart, envelope.idEnd));
      expect(id).toEqual((parsed as { id: unknown }).id);
    }),
    { numRuns: 3000 },
  );
});

function response(result: string): RawResponse {
  const text = `{"result":${result},"jsonrpc":"2.0","id":1}`;
  return toRawResponse(Buffer.from(text), located(text));
}

test('knows a tool error by the result’s own isError alone', () => {
  expect(resultIsToolError(response('{"content":[],"isError":true}'))).toBe(true);
  expect(resultIsToolError(response('{"content":[],"is\\u0045rror" : true }'))).toBe(true);
  expect(resultIsToolError(response('{"content":[],"isError":false}'))).toBe(false);
  expect(resultIsToolError(response('{"structuredContent":{"isError":true}}'))).toBe(false);
  expect(resultIsToolError(response('{"content":[{"type":"text","text":"\\"isError\\":true"}]}'))).toBe(false);
});
