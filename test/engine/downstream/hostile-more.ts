import type { Case } from './hostile-http.ts';
import { chunked, get, http, own, ping, post, target } from './hostile-http.ts';
import { modern } from './hostile-modern.ts';
import { capabilitiesKey, version, versionKey } from './modern-support.ts';
import { rpc, tokenOfOne } from './support.ts';

/** What two readers of one HTTP request could read differently. */
export const smuggling: Case[] = [
  ['a header that goes on in the next line', () => http({ extra: ['X-A: 1', ' Authorization: Bearer x'] }), 400],
  [
    'a Host that goes on in the next line',
    () => http({ host: `127.0.0.1:${target.port}\r\n .evil.example` }),
    [400, 403],
  ],
  ['a tab before the colon', () => http({ extra: ['Transfer-Encoding\t: chunked'] }), 400],
  [
    'an underscore for a dash in a length',
    () => http({ length: null, extra: [`Content_Length: ${ping.length}`] }),
    411,
  ],
  [
    'a length in front of chunks',
    () => http({ length: '5', extra: ['Transfer-Encoding: chunked'], body: '0\r\n\r\n' }),
    400,
  ],
  ['chunks in small letters beside a length', () => http({ length: '5', extra: ['transfer-encoding: CHUNKED'] }), 400],
  ['an empty Transfer-Encoding', () => http({ length: null, extra: ['Transfer-Encoding:'], body: '' }), 400],
  ['Transfer-Encoding with a quote', () => http({ length: null, extra: ['Transfer-Encoding: "chunked"'] }), 400],
  ['Transfer-Encoding with a parameter', () => http({ length: null, extra: ['Transfer-Encoding: chunked;q=1'] }), 400],
  [
    'Transfer-Encoding with a comma behind it',
    () => http({ length: null, extra: ['Transfer-Encoding: chunked,'] }),
    400,
  ],
  ['a length with a leading blank line', () => http({ length: '\r\n 46' }), 400],
  ['a length in words', () => http({ length: 'many' }), 400],
  ['a length with a decimal point', () => http({ length: '46.0' }), 400],
  ['a length with an exponent', () => http({ length: '4e1' }), 400],
  ['a chunk size beyond all range', () => chunked('ffffffffffffffffff\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk size with a sign', () => chunked('+2\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk size with 0x', () => chunked('0x2\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk ended by a bare line feed', () => chunked('2\n{}\n0\n\n'), 400],
  ['a second request line as a header', () => http({ extra: ['GET /mcp HTTP/1.1'] }), 400],
  ['a header name of nothing', () => http({ extra: [': value'] }), 400],
  ['a header name in Latin-1', () => http({ extra: ['X-\u00e9: 1'] }), 400],
  ['a NUL in the path', () => http({ line: 'POST /mcp\u0000 HTTP/1.1' }), 400],
  ['a space in the path', () => http({ line: 'POST /mcp /x HTTP/1.1' }), 400],
  ['a fragment in the path', () => http({ line: 'POST /mcp#x HTTP/1.1' }), [400, 404]],
  ['a backslash for a slash', () => http({ line: 'POST \\mcp HTTP/1.1' }), [400, 403, 404]],
  ['the target *', () => http({ line: 'POST * HTTP/1.1' }), [400, 403, 404]],
  ['a target with only an authority', () => http({ line: `POST ${own()} HTTP/1.1` }), [400, 403, 404]],
  ['a target in file:', () => http({ line: 'POST file:///mcp HTTP/1.1' }), [400, 403, 404]],
  ['a target with an empty host', () => http({ line: 'POST http:///mcp HTTP/1.1' }), [400, 403]],
  [
    'a target with a token in its user part',
    () => http({ line: `POST http://${tokenOfOne}@${own()}/mcp HTTP/1.1`, auth: null }),
    403,
  ],
  ['an encoded slash', () => http({ line: 'POST /mcp%2fdemo HTTP/1.1' }), 404],
  ['two slashes before the server', () => http({ line: 'POST /mcp//demo HTTP/1.1' }), 404],
  ['a server name of 25 letters', () => http({ line: `POST /mcp/${'x'.repeat(25)} HTTP/1.1` }), 404],
  ['a path of 20 KiB', () => http({ line: `POST /${'x'.repeat(20_000)} HTTP/1.1` }), [404, 414, 431]],
  ['a request line without version', () => http({ line: 'POST /mcp' }), 400],
  ['HTTP/0.9', () => 'GET /mcp\r\n\r\n', 400],
  ['a lower-case http', () => http({ line: 'POST /mcp http/1.1' }), 400],
  ['another method in an override header', () => get({ extra: ['X-HTTP-Method-Override: POST'], session: null }), 400],
  [
    'another path in a header of proxies',
    () => http({ line: 'POST /other HTTP/1.1', extra: ['X-Original-URL: /mcp'] }),
    404,
  ],
  [
    'another host in a header of proxies',
    () => http({ host: 'evil.example', extra: [`X-Forwarded-Host: ${own()}`] }),
    403,
  ],
  ['an Origin list', () => http({ extra: [`Origin: http://${own()} http://evil.example`] }), 403],
  ['an Origin of a file', () => http({ extra: ['Origin: file://'] }), 403],
  ['an Origin of an app', () => http({ extra: ['Origin: app://scopegate'] }), 403],
  ['an Origin with our name in capitals and a dot', () => http({ extra: [`Origin: HTTP://${own()}.`] }), 403],
  ['a Host in brackets that is not ours', () => http({ host: `[::ffff:127.0.0.1]:${target.port}` }), 403],
  ['a Host with a zone', () => http({ host: `[::1%25lo]:${target.port}` }), 403],
  ['a Host in hexadecimal', () => http({ host: `0x7f000001:${target.port}` }), 403],
  ['a Host with leading zeros in its port', () => http({ host: `127.0.0.1:0${target.port}` }), 403],
  ['a Host with white space', () => http({ host: `127.0.0.1:${target.port} x` }), [400, 403]],
  ['a token behind a tab', () => http({ auth: `Bearer\t${tokenOfOne}` }), 401],
  ['a token behind two spaces', () => http({ auth: `Bearer  ${tokenOfOne}` }), 401],
  ['a token with a NUL behind it', () => http({ auth: `Bearer ${tokenOfOne}\u0000` }), [400, 401]],
  ['a token in another script’s letters', () => http({ auth: `Bearer ${tokenOfOne.replace(/[a-z]/, '\u0430')}` }), 401],
];

const parse =
  (body: string): Case[1] =>
  () =>
    post(body);
const withParams = (params: string, method = 'tools/call') =>
  parse(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`);

/** JSON that parsers read differently, and envelopes that mean two things. */
export const json: Case[] = [
  ['a comment', parse(`/* x */${ping}`), 400, -32700],
  ['a trailing comma', parse('{"jsonrpc":"2.0","id":1,"method":"ping",}'), 400, -32700],
  ['single quotes', parse("{'jsonrpc':'2.0','id':1,'method':'ping'}"), 400, -32700],
  ['names without quotes', parse('{jsonrpc:"2.0",id:1,method:"ping"}'), 400, -32700],
  ['NaN', withParams('{"a":NaN}'), 400, -32700],
  ['Infinity', withParams('{"a":-Infinity}'), 400, -32700],
  ['a hexadecimal number', withParams('{"a":0x10}'), 400, -32700],
  ['a leading zero', withParams('{"a":012}'), 400, -32700],
  ['a leading plus', withParams('{"a":+1}'), 400, -32700],
  ['a number that ends with its point', withParams('{"a":1.}'), 400, -32700],
  ['a raw line break in a string', withParams('{"a":"x\ny"}'), 400, -32700],
  ['a raw NUL in a string', withParams('{"a":"x\u0000y"}'), 400, -32700],
  ['an escape that does not exist', withParams('{"a":"\\x41"}'), 400, -32700],
  ['half an escape', withParams('{"a":"\\u12"}'), 400, -32700],
  ['white space of another kind', parse(`\u00a0${ping}`), 400, -32700],
  ['a form feed', parse(`\f${ping}`), 400, -32700],
  ['something behind the message', parse(`${ping} x`), 400, -32700],
  ['a NUL behind the message', parse(`${ping}\u0000`), 400, -32700],
  [
    'an overlong spelling of a slash',
    () => post(Buffer.concat([Buffer.from('"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"')])),
    400,
    -32700,
  ],
  [
    'a surrogate in UTF-8',
    () => post(Buffer.concat([Buffer.from('"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"')])),
    400,
    -32700,
  ],
  ['a name twice deep inside', withParams('{"name":"demo__x","arguments":{"a":{"b":1,"b":2}}}'), 400, -32600],
  ['_meta twice', withParams('{"name":"demo__x","_meta":{},"_meta":{"progressToken":1}}'), 400, -32600],
  ['__proto__ deep inside', withParams('{"name":"demo__x","arguments":{"a":[{"__proto__":{"x":1}}]}}'), 400, -32600],
  ['an escaped __proto__', withParams('{"arguments":{"\\u005f_proto__":{}}}'), 400, -32600],
  ['a swap of surrogates', withParams('{"a":"\\udc00\\ud800"}'), 400, -32600],
  ['an integer of 400 digits', withParams(`{"a":${'9'.repeat(400)}}`), 400, -32600],
  ['65 levels', withParams(`{"a":${'['.repeat(80)}${']'.repeat(80)}}`), 400, -32600],
  ['null', parse('null'), 400, -32600],
  ['true', parse('true'), 400, -32600],
  ['a number', parse('7'), 400, -32600],
  ['an empty object', parse('{}'), 400, -32600],
  ['an empty array', parse('[]'), 400, -32600],
  ['an array in an array', parse(`[[${ping}]]`), 400, -32600],
  ['jsonrpc as a number', parse('{"jsonrpc":2.0,"id":1,"method":"ping"}'), 400, -32600],
  ['no jsonrpc', parse('{"id":1,"method":"ping"}'), 400, -32600],
  ['an id of true', parse('{"jsonrpc":"2.0","id":true,"method":"ping"}'), 400, -32600],
  ['an id that is a list', parse('{"jsonrpc":"2.0","id":[1],"method":"ping"}'), 400, -32600],
  ['a broken id', parse('{"jsonrpc":"2.0","id":1.5,"method":"ping"}'), 400, -32600],
  ['an id no double holds', parse('{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}'), 400, -32600],
  ['an id beyond all range', parse('{"jsonrpc":"2.0","id":1e999,"method":"ping"}'), 400, -32600],
  ['a method of nothing', parse('{"jsonrpc":"2.0","id":1,"method":""}'), 400, -32600],
  ['a method that is null', parse('{"jsonrpc":"2.0","id":1,"method":null}'), 400, -32600],
  ['a method that is a list', parse('{"jsonrpc":"2.0","id":1,"method":["ping"]}'), 400, -32600],
  ['a method of 300 characters', parse(`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(300)}"}`), 400, -32600],
  ['params that are null', withParams('null'), 400, -32602],
  ['params that are a string', withParams('"demo__x"'), 400, -32602],
  ['_meta that is a string', withParams('{"_meta":"x"}'), 400, -32602],
  ['_meta that is a list', withParams('{"_meta":[]}'), 400, -32602],
  ['a progress token that is an object', withParams('{"_meta":{"progressToken":{}}}'), 400, -32602],
  ['a progress token that is broken', withParams('{"_meta":{"progressToken":1.5}}'), 400, -32602],
  [
    'a progress token of 1,000 characters',
    withParams(`{"_meta":{"progressToken":"${'x'.repeat(1000)}"}}`),
    400,
    -32602,
  ],
  [
    'a result and an error',
    parse('{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}'),
    400,
    -32600,
  ],
  ['neither result nor error', parse('{"jsonrpc":"2.0","id":1}'), 400, -32600],
  ['an error without a code', parse('{"jsonrpc":"2.0","id":1,"error":{"message":"x"}}'), 400, -32600],
  ['an error that is a string', parse('{"jsonrpc":"2.0","id":1,"error":"x"}'), 400, -32600],
  ['a result without an id', parse('{"jsonrpc":"2.0","result":{}}'), 400, -32600],
  [
    'initialize with capabilities of a list',
    () =>
      http({
        session: null,
        body: JSON.stringify(rpc(1, 'initialize', { protocolVersion: '2025-11-25', capabilities: [] })),
      }),
    400,
    -32602,
  ],
  [
    'initialize with a clientInfo of a string',
    () =>
      http({
        session: null,
        body: JSON.stringify(rpc(1, 'initialize', { protocolVersion: '2025-11-25', clientInfo: 'x' })),
      }),
    400,
    -32602,
  ],
  [
    'initialize with a version that is a list',
    () => http({ session: null, body: JSON.stringify(rpc(1, 'initialize', { protocolVersion: ['2025-11-25'] })) }),
    400,
    -32602,
  ],
  [
    'initialize in an array',
    () => http({ session: null, body: JSON.stringify([rpc(1, 'initialize', { protocolVersion: '2025-03-26' })]) }),
    400,
    -32600,
  ],
];

const meta = { [versionKey]: version, [capabilitiesKey]: {} };
const head = (method: string, name?: string) => [
  `MCP-Protocol-Version: ${version}`,
  `Mcp-Method: ${method}`,
  ...(name === undefined ? [] : [`Mcp-Name: ${name}`]),
];
const listen =
  (notifications: unknown): Case[1] =>
  () =>
    modern({ method: 'subscriptions/listen', params: { notifications }, head: head('subscriptions/listen') });
const call = { name: 'demo__x', arguments: {} };

/** Modern requests whose parts contradict each other. */
export const modernMore: Case[] = [
  [
    'an Mcp-Name in base64 with bits that no byte shows',
    () => modern({ params: { name: 'demo__' }, head: head('tools/call', '=?base64?ZGVtb19f?==?=') }),
    400,
    -32020,
  ],
  [
    'an Mcp-Name in a second spelling of base64',
    () => modern({ params: { name: 'a' }, head: head('tools/call', '=?base64?YR==?=') }),
    400,
    -32020,
  ],
  [
    'an Mcp-Name in base64 without padding',
    () => modern({ params: { name: 'a' }, head: head('tools/call', '=?base64?YQ?=') }),
    400,
    -32020,
  ],
  [
    'an Mcp-Name in base64 of the web’s kind',
    () => modern({ params: { name: '\u00ff\u00ff' }, head: head('tools/call', '=?base64?w7_Dvw==?=') }),
    400,
    -32020,
  ],
  [
    'an Mcp-Name encoded twice',
    () =>
      modern({ head: head('tools/call', `=?base64?${Buffer.from('=?base64?ZGVtb19feA==?=').toString('base64')}?=`) }),
    400,
    -32020,
  ],
  ['an Mcp-Name with a comma', () => modern({ head: head('tools/call', 'demo__x, demo__y') }), 400, -32020],
  ['an Mcp-Name in other letters', () => modern({ head: head('tools/call', 'DEMO__X') }), 400, -32020],
  ['an Mcp-Method with a comma', () => modern({ head: head('tools/call, tools/list', 'demo__x') }), 400, -32020],
  ['an empty Mcp-Method', () => modern({ head: head('', 'demo__x') }), 400, -32020],
  [
    'a name that is a number, and its header',
    () => modern({ params: { name: 7 }, head: head('tools/call', '7') }),
    400,
    -32020,
  ],
  [
    'a read of one address under another’s name',
    () => modern({ method: 'resources/read', params: { uri: 'a:b' }, head: head('resources/read', 'a:c') }),
    400,
    -32020,
  ],
  [
    'a task under another’s name',
    () => modern({ method: 'tasks/get', params: { taskId: 'a' }, head: head('tasks/get', 'b') }),
    400,
    -32020,
  ],
  [
    'a version in the header that is in the list of none',
    () => modern({ head: [`MCP-Protocol-Version: ${version}, 2025-11-25`, ...head('tools/call', 'demo__x').slice(1)] }),
    400,
    -32020,
  ],
  [
    'a clientInfo that is a string',
    () => modern({ meta: { ...meta, 'io.modelcontextprotocol/clientInfo': 'x' } }),
    400,
    -32602,
  ],
  [
    'a log level that is a number',
    () => modern({ meta: { ...meta, 'io.modelcontextprotocol/logLevel': 3 } }),
    400,
    -32602,
  ],
  ['capabilities that are null', () => modern({ meta: { ...meta, [capabilitiesKey]: null } }), 400, -32602],
  ['a progress token that is a list', () => modern({ meta: { ...meta, progressToken: [] } }), 400, -32602],
  ['answers to nothing that are a list', () => modern({ params: { ...call, inputResponses: [] } }), 400, -32602],
  [
    'answers to nothing that are no objects',
    () => modern({ params: { ...call, inputResponses: { a: 1 } } }),
    400,
    -32602,
  ],
  [
    'a requestState of 600 characters',
    () => modern({ params: { ...call, requestState: 'x'.repeat(600) } }),
    400,
    -32602,
  ],
  ['a requestState that is an object', () => modern({ params: { ...call, requestState: {} } }), 400, -32602],
  [
    'a discovery with the other era’s version',
    () =>
      modern({
        method: 'server/discover',
        params: {},
        meta: { ...meta, [versionKey]: '2025-11-25' },
        head: ['MCP-Protocol-Version: 2025-11-25', 'Mcp-Method: server/discover'],
      }),
    400,
    -32022,
  ],
  [
    'an initialize with modern _meta alone',
    () => modern({ method: 'initialize', params: {}, head: head('initialize') }),
    404,
    -32601,
  ],
  ['a filter that is a string', listen('all'), 400, -32602],
  ['a switch that is a string', listen({ toolsListChanged: 'yes' }), 400, -32602],
  ['a switch that is a number', listen({ resourcesListChanged: 1 }), 400, -32602],
  ['tasks that are no list', listen({ taskIds: 'a' }), 400, -32602],
  ['a task that is no string', listen({ taskIds: [{}] }), 400, -32602],
  ['300 tasks', listen({ taskIds: Array.from({ length: 300 }, (_, i) => `t${i}`) }), 400, -32602],
  ['tasks of a client that knows none', listen({ taskIds: ['a'] }), 400, -32021],
];
