import { describe, expect, it } from 'vitest';
import { toModernReply } from '../../../electron/engine/eras/modern-result.ts';
import type { Reply } from '../../../electron/engine/wire/json-rpc.ts';

const serverInfo = { name: 'g', version: '1' };
const infoKey = 'io.modelcontextprotocol/serverInfo';
const info = `"${infoKey}":{"name":"g","version":"1"}`;

function raw(result: string): Reply {
  const bytes = Buffer.from(`{"id":77,"jsonrpc":"2.0","result":${result}}`);
  return { kind: 'raw', response: { bytes, idStart: 6, idEnd: 8, has: 'result' } };
}

function patch(result: string, method = 'tools/call'): string {
  const { status, parts } = toModernReply({ id: 'x', method, serverInfo }, raw(result));
  expect(status).toBe(200);
  return Buffer.concat(parts).toString();
}

describe('toModernReply', () => {
  it.each([
    ['{}', 'tools/call', `{"resultType":"complete","content":[],"_meta":{${info}}}`],
    [' {\t} ', 'prompts/get', ` {"resultType":"complete","_meta":{${info}}\t} `],
    ['{"content":[]}', 'tools/call', `{"content":[],"resultType":"complete","_meta":{${info}}}`],
    ['{"content":[],"_meta":{}}', 'tools/call', `{"content":[],"_meta":{${info}},"resultType":"complete"}`],
    ['{"content":[],"_meta":null}', 'tools/call', '{"content":[],"_meta":null,"resultType":"complete"}'],
    [
      '{"tools":[],"ttlMs":5}',
      'tools/list',
      `{"tools":[],"ttlMs":0,"resultType":"complete","cacheScope":"private","_meta":{${info}}}`,
    ],
    [
      '{"resultType":"task","taskId":"1","_meta":{"a":1.0}}',
      'tools/call',
      `{"resultType":"task","taskId":"1","_meta":{"a":1.0,${info}}}`,
    ],
  ])('adds to %s of %s only what is missing', (result, method, patched) => {
    expect(patch(result, method)).toBe(`{"id":"x","jsonrpc":"2.0","result":${patched}}`);
  });

  it('keeps a modern server’s own name', () => {
    const result = `{"content":[],"resultType":"complete","_meta":{"${infoKey}":{"name":"s","version":"2"}}}`;
    expect(patch(result)).toBe(`{"id":"x","jsonrpc":"2.0","result":${result}}`);
  });

  it('leaves a result that is no object as it is', () => {
    for (const result of ['null', '[1]', '"a"', '1.0'])
      expect(patch(result, 'vendor/x')).toBe(`{"id":"x","jsonrpc":"2.0","result":${result}}`);
  });

  it('gives JSON that says the same as before and the new members, whatever stands in it', () => {
    const before = { content: [{ type: 'text', text: '},"]{é\u2028\\' }], deep: [[{ resultType: 'input_required' }]] };
    expect(JSON.parse(patch(JSON.stringify(before, null, 1))).result).toEqual({
      ...before,
      resultType: 'complete',
      _meta: { [infoKey]: serverInfo },
    });
  });

  it('does not read or copy the bytes of a large result', () => {
    const text = 'x'.repeat(1024 * 1024);
    const reply = raw(`{"content":[{"type":"text","text":"${text}"}]}`);
    if (reply.kind !== 'raw') throw new Error('unreachable');
    const { parts } = toModernReply({ id: 1, method: 'tools/call', serverInfo }, reply);
    expect(parts.some((part) => part.length > text.length && part.buffer === reply.response.bytes.buffer)).toBe(true);
  });

  it('takes results and serialised results alike, and errors with their unknown members', () => {
    const context = { id: 1, method: 'tools/list', serverInfo };
    const bytes = Buffer.from('{"tools":[]}');
    const [value, serialised] = [
      toModernReply(context, { kind: 'result', result: { tools: [] } }),
      toModernReply(context, { kind: 'result-bytes', bytes }),
    ].map(({ parts }) => Buffer.concat(parts).toString());
    expect(value).toBe(serialised);
    const text = '{"jsonrpc":"2.0","id":77,"error":{"code":-32002,"message":"m","x":1}}';
    const response = { bytes: Buffer.from(text), idStart: 21, idEnd: 23, has: 'error' as const };
    const { parts } = toModernReply(context, { kind: 'raw', response });
    expect(JSON.parse(Buffer.concat(parts).toString())).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32602, message: 'm', x: 1 },
    });
  });

  it('replaces an error that cannot be read (security)', () => {
    for (const error of [
      'null',
      '[]',
      '{"code":"1","message":"m"}',
      `{"code":1,"message":"${'m'.repeat(2_000_000)}"}`,
    ]) {
      const text = `{"jsonrpc":"2.0","id":77,"error":${error}}`;
      const response = { bytes: Buffer.from(text), idStart: 21, idEnd: 23, has: 'error' as const };
      const { parts } = toModernReply({ id: 1, method: 'tools/call', serverInfo }, { kind: 'raw', response });
      expect(JSON.parse(Buffer.concat(parts).toString())).toMatchObject({ id: 1, error: { code: -32603 } });
    }
  });
});
