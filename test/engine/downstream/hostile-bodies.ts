import type { Case } from './hostile-http.ts';
import { chunked, get, http, ping, post } from './hostile-http.ts';
import { rpc, tokenOfTwo } from './support.ts';

export const content: Case[] = [
  ['no Content-Type', () => http({ type: null }), 415],
  ['text/plain, as a form of a page sends it', () => http({ type: 'text/plain' }), 415],
  ['a form', () => http({ type: 'application/x-www-form-urlencoded' }), 415],
  ['application/jsonp', () => http({ type: 'application/jsonp' }), 415],
  ['JSON in another charset', () => http({ type: 'application/json; charset=utf-16' }), 415],
  ['JSON with a list of types', () => http({ type: 'application/json, text/plain' }), 415],
  ['JSON with another parameter', () => http({ type: 'application/json; boundary=x' }), 415],
  ['a compressed body', () => http({ extra: ['Content-Encoding: gzip'], body: Buffer.from([0x1f, 0x8b, 8, 0]) }), 415],
  ['a body compressed twice', () => http({ extra: ['Content-Encoding: identity, gzip'] }), 415],
  ['an Accept of neither kind', () => http({ accept: 'text/html' }), 406],
  ['an Accept that excludes both', () => http({ accept: 'application/json;q=0, text/event-stream;q=0.0' }), 406],
  ['an empty Accept', () => http({ accept: '' }), 406],
  ['a GET that takes JSON only', () => get({ accept: 'application/json' }), 406],
  ['a GET with a body', () => get({ length: '2', body: '{}' }), 400],
  [
    'a DELETE with a chunked body',
    () => get({ line: 'DELETE /mcp HTTP/1.1', extra: ['Transfer-Encoding: chunked'], body: '0\r\n\r\n' }),
    400,
  ],
  ['a body one byte too large, before it is sent', () => http({ length: String(4 * 1024 * 1024 + 1), body: '' }), 413],
  [
    'a chunked body that is too large',
    () => chunked(`${(4 * 1024 * 1024 + 1).toString(16)}\r\n${' '.repeat(4 * 1024 * 1024 + 1)}`),
    413,
  ],
];

export const messages: Case[] = [
  ['an empty body', () => post(''), 400, -32700],
  ['a body that is no JSON', () => post('ping'), 400, -32700],
  ['half a message', () => post(ping.slice(0, -1)), 400, -32700],
  ['a byte-order mark', () => post(`\ufeff${ping}`), 400, -32700],
  ['UTF-16', () => post(Buffer.from(ping, 'utf16le')), 400, -32700],
  [
    'bytes that are not UTF-8',
    () =>
      post(Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":1,"method":"p'), Buffer.from([0xff]), Buffer.from('"}')])),
    400,
    -32700,
  ],
  ['two messages in one body', () => post(`${ping}\n${ping}`), 400, -32700],
  ['a method given twice', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}'), 400, -32600],
  [
    'a tool name given twice',
    () => post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}'),
    400,
    -32600,
  ],
  [
    'a tool name given twice, once escaped',
    () => post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","n\\u0061me":"b"}}'),
    400,
    -32600,
  ],
  [
    '__proto__ in params',
    () =>
      post(
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{"name":"delete_all","arguments":{}}}}',
      ),
    400,
    -32600,
  ],
  ['__proto__ at the top', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{}}'), 400, -32600],
  ['100,000 brackets', () => post('['.repeat(100_000)), 400, -32600],
  [
    '1,000,000 brackets in params',
    () => post(`{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'['.repeat(1_000_000)}`),
    400,
    -32600,
  ],
  [
    '30,000 members',
    () =>
      post(
        `{"jsonrpc":"2.0","id":1,"method":"x","params":{${Array.from({ length: 30_000 }, (_, i) => `"${i}":1`).join()}}}`,
      ),
    400,
    -32600,
  ],
  ['a number beyond all range', () => post('{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1e999}}'), 400, -32600],
  [
    'an integer no double holds',
    () => post('{"jsonrpc":"2.0","id":1,"method":"x","params":{"amount":9007199254740993}}'),
    400,
    -32600,
  ],
  ['a lone surrogate', () => post('{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"\\ud800"}}'), 400, -32600],
  ['an id of null', () => post('{"jsonrpc":"2.0","id":null,"method":"ping"}'), 400, -32600],
  ['an id that is an object', () => post('{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}'), 400, -32600],
  [
    'an id of 1,000 characters',
    () => post(`{"jsonrpc":"2.0","id":"${'x'.repeat(1000)}","method":"ping"}`),
    400,
    -32600,
  ],
  ['another JSON-RPC version', () => post('{"jsonrpc":"1.0","id":1,"method":"ping"}'), 400, -32600],
  ['an unknown member of the envelope', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","auth":"x"}'), 400, -32600],
  ['a method in other letters', () => post('{"jsonrpc":"2.0","id":1,"METHOD":"ping"}'), 400, -32600],
  ['a method that is a number', () => post('{"jsonrpc":"2.0","id":1,"method":1}'), 400, -32600],
  [
    'params that are an array',
    () => post('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["a"]}'),
    400,
    -32602,
  ],
  ['a request that is a response too', () => post('{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}'), 400, -32600],
  ['a batch outside 2025-03-26', () => post(`[${ping}]`), 400, -32600],
  ['a bare string', () => post('"ping"'), 400, -32600],
  ['no session', () => http({ session: null }), 400, -32600],
  ['an empty session id', () => http({ session: '' }), 404, -32001],
  ['a session that never was', () => http({ session: 'f'.repeat(32) }), 404, -32001],
  ['the session of another agent', () => http({ auth: `Bearer ${tokenOfTwo}` }), 404, -32001],
  ['the session id __proto__', () => http({ session: '__proto__' }), 404, -32001],
  ['a session id of 10 KiB', () => http({ session: 'x'.repeat(10_000) }), 404, -32001],
  ['a protocol version that never was', () => http({ extra: ['MCP-Protocol-Version: 1999-01-01'] }), 400, -32600],
  ['a protocol version that is no date', () => http({ extra: ['MCP-Protocol-Version: latest'] }), 400, -32600],
  [
    'a second initialize in the session',
    () => post(JSON.stringify(rpc(1, 'initialize', { protocolVersion: '2025-11-25' }))),
    400,
    -32600,
  ],
  [
    'an initialize without version',
    () => http({ session: null, body: JSON.stringify(rpc(1, 'initialize', {})) }),
    400,
    -32602,
  ],
  [
    'an initialize without params',
    () => http({ session: null, body: JSON.stringify(rpc(1, 'initialize')) }),
    400,
    -32602,
  ],
  [
    'an initialize of 100 KiB',
    () =>
      http({
        session: null,
        body: JSON.stringify(rpc(1, 'initialize', { protocolVersion: '2025-11-25', x: 'x'.repeat(100_000) })),
      }),
    413,
    -32000,
  ],
  ['a GET without session', () => get({ session: null }), 400, -32600],
  ['a GET on the session of another agent', () => get({ auth: `Bearer ${tokenOfTwo}` }), 404, -32001],
  [
    'a DELETE on the session of another agent',
    () => get({ line: 'DELETE /mcp HTTP/1.1', auth: `Bearer ${tokenOfTwo}` }),
    404,
    -32001,
  ],
];
