import { describe, expect, it } from 'vitest';
import {
  serializeError,
  serializeNotification,
  serializeReply,
} from '../../../electron/engine/wire/serialize-reply.ts';
import { sseEvent, ssePriming } from '../../../electron/engine/wire/sse-writer.ts';

const text = (parts: Buffer[]) => Buffer.concat(parts).toString();

describe('sseEvent', () => {
  it('puts a message that came in pieces on one data line', () => {
    expect(text(sseEvent([Buffer.from('{"a":'), Buffer.from('1}')]))).toBe('event: message\ndata: {"a":1}\n\n');
  });

  it('keeps a pretty-printed message within its event, and the given bytes as they are (security)', () => {
    const pretty = Buffer.from('{\r\n  "a": "é"\n}');
    const event = text(sseEvent([pretty]));
    expect(event).toBe('event: message\ndata: {    "a": "é" }\n\n');
    expect(pretty.toString()).toBe('{\r\n  "a": "é"\n}');
  });
});

describe('the id of an event', () => {
  it('stands in it, also in one that has no message', () => {
    expect(text(sseEvent([Buffer.from('{}')], '3-1'))).toBe('event: message\nid: 3-1\ndata: {}\n\n');
    expect(ssePriming('3-0', 1000).toString()).toBe('id: 3-0\nretry: 1000\ndata: \n\n');
  });
});

describe('serializeReply', () => {
  it('replaces nothing but the id of an upstream response', () => {
    const bytes = Buffer.from('{ "result": {"é": 1.50}, "id" : 17 ,"jsonrpc":"2.0"}');
    const idStart = bytes.indexOf('17');
    const response = { bytes, idStart, idEnd: idStart + 2, has: 'result' as const };
    expect(text(serializeReply('a"b', { kind: 'raw', response }))).toBe(
      '{ "result": {"é": 1.50}, "id" : "a\\"b" ,"jsonrpc":"2.0"}',
    );
  });

  it('writes results, serialised results, errors and notifications', () => {
    expect(text(serializeReply(1, { kind: 'result', result: { a: 1 } }))).toBe(
      '{"jsonrpc":"2.0","id":1,"result":{"a":1}}',
    );
    const bytes = Buffer.from('{"tools":[]}');
    expect(text(serializeReply(1, { kind: 'result-bytes', bytes }))).toBe(
      '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}',
    );
    expect(serializeError(null, { code: -1, message: 'no' }).toString()).toBe(
      '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"no"}}',
    );
    expect(serializeNotification('a/b').toString()).toBe('{"jsonrpc":"2.0","method":"a/b"}');
  });
});
