import { describe, expect, it } from 'vitest';
import {
  toLegacyError,
  toLegacyResponse,
  toLegacyResult,
  toModernError,
} from '../../../electron/engine/eras/translate-response.ts';
import type { RawResponse } from '../../../electron/engine/wire/json-rpc.ts';
import { locateEnvelope, toRawResponse } from '../../../electron/engine/wire/raw-response.ts';

function raw(text: string): RawResponse {
  const bytes = Buffer.from(text);
  const envelope = locateEnvelope(bytes);
  if (envelope.kind !== 'response') throw new Error('no response');
  return toRawResponse(bytes, envelope);
}

const idOf = (response: RawResponse) => response.bytes.toString('utf8', response.idStart, response.idEnd);

describe('a modern server’s response for a legacy agent', () => {
  it('loses what only modern clients know, and no other byte', () => {
    const response = toLegacyResponse(
      raw(
        '{"jsonrpc":"2.0","id":7,"result":{"resultType":"complete","content":[{"n":1e400, "acme":12345678901234567890}],"ttlMs":0,"cacheScope":"private"}}',
      ),
    );
    expect(response.bytes.toString()).toBe(
      '{"jsonrpc":"2.0","id":7,"result":{"content":[{"n":1e400, "acme":12345678901234567890}]}}',
    );
    expect(idOf(response)).toBe('7');
  });

  it.each([
    ['{"result":{"resultType":"complete"},"id":"a","jsonrpc":"2.0"}', '{"result":{},"id":"a","jsonrpc":"2.0"}', '"a"'],
    [
      '{"jsonrpc":"2.0","result":{ "a" : 1 , "ttlMs" : 5 },"id":3}',
      '{"jsonrpc":"2.0","result":{ "a" : 1  },"id":3}',
      '3',
    ],
    [
      '{"jsonrpc":"2.0","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"x"}},"a":1},"id":3}',
      '{"jsonrpc":"2.0","result":{"a":1},"id":3}',
      '3',
    ],
    [
      '{"jsonrpc":"2.0","result":{"_meta":{"io.modelcontextprotocol/serverInfo":{},"acme/x":[1]}},"id":3}',
      '{"jsonrpc":"2.0","result":{"_meta":{"acme/x":[1]}},"id":3}',
      '3',
    ],
    [
      '{"jsonrpc":"2.0","id":1,"result":{"deep":{"resultType":"x"}}}',
      '{"jsonrpc":"2.0","id":1,"result":{"deep":{"resultType":"x"}}}',
      '1',
    ],
  ])('keeps members in place wherever they stand: %s', (before, after, id) => {
    const response = toLegacyResponse(raw(before));
    expect(response.bytes.toString()).toBe(after);
    expect(idOf(response)).toBe(id);
  });

  it('turns an error that speaks of the gateway’s own hop into a plain one', () => {
    const response = toLegacyResponse(
      raw('{"jsonrpc":"2.0","id":1,"error":{"code":-32021,"message":"m","data":{"requiredCapabilities":{}}}}'),
    );
    expect(JSON.parse(response.bytes.toString()).error).toEqual({ code: -32603, message: 'm' });
    const other = raw('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"m","acme":1}}');
    expect(toLegacyResponse(other)).toBe(other);
  });
});

describe('parsed results and errors', () => {
  it('keep vendor members both ways', () => {
    expect(toLegacyResult({ resultType: 'complete', 'acme/x': 1, _meta: { 'acme/y': 2 } })).toEqual({
      'acme/x': 1,
      _meta: { 'acme/y': 2 },
    });
    expect(toModernError({ code: -32002, message: 'gone', data: { uri: 'a' } })).toEqual({
      code: -32602,
      message: 'gone',
      data: { uri: 'a' },
    });
    expect(toModernError({ code: -32042, message: 'open' }).code).toBe(-32603);
    expect(toLegacyError({ code: -32042, message: 'open' }).code).toBe(-32042);
  });
});
