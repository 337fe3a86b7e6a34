import { describe, expect, it } from 'vitest';
import { parseAgentBody } from '../../../electron/engine/wire/parse-message.ts';

function parse(text: string, allowBatch = false) {
  return parseAgentBody(Buffer.from(text), { allowBatch });
}

function faultOf(text: string, allowBatch = false) {
  const parsed = parse(text, allowBatch);
  return parsed.ok ? 'accepted' : { id: parsed.fault.id, code: parsed.fault.error.code };
}

describe('parseAgentBody', () => {
  it('reads a request and keeps every unknown member of its params', () => {
    const text =
      '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"x","vendor":{"y":[1]},"_meta":{"z":1}}}';
    expect(parse(text)).toEqual({
      ok: true,
      isBatch: false,
      messages: [
        { kind: 'request', id: 'a', method: 'tools/call', params: { name: 'x', vendor: { y: [1] }, _meta: { z: 1 } } },
      ],
    });
  });

  it('reads a notification, a result and an error', () => {
    expect(parse('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toMatchObject({
      messages: [{ kind: 'notification', method: 'notifications/initialized' }],
    });
    expect(parse('{"jsonrpc":"2.0","id":1,"result":{}}')).toMatchObject({
      messages: [{ kind: 'response', id: 1, result: {} }],
    });
    const error = { code: -1, message: 'no', data: [1] };
    expect(parse(JSON.stringify({ jsonrpc: '2.0', id: null, error }))).toMatchObject({
      messages: [{ kind: 'response', id: null, error }],
    });
  });

  it.each([
    ['an unknown member of the envelope', '{"jsonrpc":"2.0","id":7,"method":"ping","extra":1}', 7, -32600],
    ['a method in other letters', '{"jsonrpc":"2.0","id":7,"Method":"ping"}', 7, -32600],
    ['a request that is a result too', '{"jsonrpc":"2.0","id":7,"method":"ping","result":{}}', 7, -32600],
    [
      'a result that is an error too',
      '{"jsonrpc":"2.0","id":7,"result":{},"error":{"code":1,"message":""}}',
      7,
      -32600,
    ],
    ['neither method nor result', '{"jsonrpc":"2.0","id":7}', 7, -32600],
    ['another version', '{"jsonrpc":"1.0","id":7,"method":"ping"}', 7, -32600],
    ['no version', '{"id":7,"method":"ping"}', 7, -32600],
    ['a version as number', '{"jsonrpc":2.0,"id":7,"method":"ping"}', 7, -32600],
    ['an id of null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', null, -32600],
    ['an id that is a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', null, -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', null, -32600],
    ['an id that is a boolean', '{"jsonrpc":"2.0","id":true,"method":"ping"}', null, -32600],
    ['an id beyond 2^53', '{"jsonrpc":"2.0","id":1e300,"method":"ping"}', null, -32600],
    ['an id of 257 characters', `{"jsonrpc":"2.0","id":"${'x'.repeat(257)}","method":"ping"}`, null, -32600],
    ['a result without id', '{"jsonrpc":"2.0","result":{}}', null, -32600],
    ['an error that is a string', '{"jsonrpc":"2.0","id":7,"error":"no"}', 7, -32600],
    ['a method that is no string', '{"jsonrpc":"2.0","id":7,"method":["ping"]}', 7, -32600],
    ['an empty method', '{"jsonrpc":"2.0","id":7,"method":""}', 7, -32600],
    ['a method of 257 characters', `{"jsonrpc":"2.0","id":7,"method":"${'m'.repeat(257)}"}`, 7, -32600],
    ['params in an array', '{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}', 7, -32602],
    ['params of null', '{"jsonrpc":"2.0","id":7,"method":"ping","params":null}', 7, -32602],
    ['params in a string', '{"jsonrpc":"2.0","id":7,"method":"ping","params":"{}"}', 7, -32602],
    ['a string', '"ping"', null, -32600],
    ['a number', '1', null, -32600],
    ['null', 'null', null, -32600],
    ['an array', '[{"jsonrpc":"2.0","id":7,"method":"ping"}]', null, -32600],
    ['no JSON', 'ping', null, -32700],
    ['a method twice', '{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/call"}', null, -32600],
  ])('refuses %s (security)', (_name, text, id, code) => {
    expect(faultOf(text)).toEqual({ id, code });
  });

  it('accepts an id of 256 characters, of zero and of minus one', () => {
    for (const id of ['x'.repeat(256), '', 0, -1]) {
      expect(parse(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }))).toMatchObject({
        ok: true,
        messages: [{ id }],
      });
    }
  });

  it('takes 1 to 50 messages in an array where batches are allowed, all or none (security)', () => {
    const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' });
    const pings = (length: number) => JSON.stringify(Array.from({ length }, (_, i) => ping(i)));
    expect(parse(pings(50), true)).toMatchObject({ ok: true, isBatch: true });
    expect(parse(pings(1), true)).toMatchObject({ ok: true, isBatch: true });
    expect(faultOf(pings(51), true)).toEqual({ id: null, code: -32600 });
    expect(faultOf('[]', true)).toEqual({ id: null, code: -32600 });
    expect(faultOf(JSON.stringify([ping(1), { id: 2 }]), true)).toEqual({ id: null, code: -32600 });
    expect(faultOf(`[[${JSON.stringify(ping(1))}]]`, true)).toEqual({ id: null, code: -32600 });
  });
});
