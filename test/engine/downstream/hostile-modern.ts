import type { Case } from './hostile-http.ts';
import { get, http } from './hostile-http.ts';
import { capabilitiesKey, version, versionKey } from './modern-support.ts';

interface Changes {
  method?: string;
  params?: object;
  /** Replaces `_meta`; null leaves it out. */
  meta?: unknown;
  /** Header lines; those of a good request where it is not given. */
  head?: string[];
  path?: string;
  body?: string;
}

const call = { name: 'demo__x', arguments: {} };
const goodMeta = { [versionKey]: version, [capabilitiesKey]: {} };
const lines = (method = 'tools/call', name = 'demo__x', asked = version): string[] => [
  `MCP-Protocol-Version: ${asked}`,
  `Mcp-Method: ${method}`,
  `Mcp-Name: ${name}`,
];

/** A modern request that would be answered with 200 if nothing of it were changed. */
export function modern(changes: Changes = {}): Buffer {
  const { method = 'tools/call', params = call, meta = goodMeta, head = lines(method), path = '/mcp' } = changes;
  const _meta = meta === null ? {} : { _meta: meta };
  const body = changes.body ?? JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, ..._meta } });
  return http({ line: `POST ${path} HTTP/1.1`, session: null, extra: head, body });
}

const metaWith = (more: object): object => ({ ...goodMeta, ...more });
const nowhere = `${'A'.repeat(22)}.zzzzzzzz.${'A'.repeat(43)}`;

export const modernRequests: Case[] = [
  ['a modern request without _meta', () => modern({ meta: null }), 400, -32602],
  ['_meta that is a list', () => modern({ meta: [] }), 400, -32602],
  ['_meta without a version', () => modern({ meta: { [capabilitiesKey]: {} } }), 400, -32602],
  ['_meta whose version is a number', () => modern({ meta: metaWith({ [versionKey]: 20260728 }) }), 400, -32602],
  ['_meta without capabilities', () => modern({ meta: { [versionKey]: version } }), 400, -32602],
  ['capabilities that are a list', () => modern({ meta: metaWith({ [capabilitiesKey]: [] }) }), 400, -32602],
  [
    'a log level that never was',
    () => modern({ meta: metaWith({ 'io.modelcontextprotocol/logLevel': 'all' }) }),
    400,
    -32602,
  ],
  ['no version header', () => modern({ head: lines().slice(1) }), 400, -32020],
  ['another version in the header', () => modern({ head: lines('tools/call', 'demo__x', '2025-11-25') }), 400, -32020],
  ['another version in the body', () => modern({ meta: metaWith({ [versionKey]: '2027-01-01' }) }), 400, -32020],
  [
    'a version that is not served',
    () => modern({ meta: metaWith({ [versionKey]: 'v999.0.0' }), head: lines('tools/call', 'demo__x', 'v999.0.0') }),
    400,
    -32022,
  ],
  [
    'a legacy version in modern clothes',
    () =>
      modern({ meta: metaWith({ [versionKey]: '2025-11-25' }), head: lines('tools/call', 'demo__x', '2025-11-25') }),
    400,
    -32022,
  ],
  ['no Mcp-Method', () => modern({ head: [lines()[0] ?? '', lines()[2] ?? ''] }), 400, -32020],
  ['a harmless Mcp-Method over a call', () => modern({ head: lines('tools/list') }), 400, -32020],
  ['an Mcp-Method in other letters', () => modern({ head: lines('TOOLS/CALL') }), 400, -32020],
  ['no Mcp-Name', () => modern({ head: lines().slice(0, 2) }), 400, -32020],
  ['a harmless Mcp-Name over another tool', () => modern({ head: lines('tools/call', 'demo__safe') }), 400, -32020],
  ['an Mcp-Name over no name', () => modern({ params: { arguments: {} } }), 400, -32020],
  ['an Mcp-Name in bad base64', () => modern({ head: lines('tools/call', '=?base64?ZGVtb19feA?=') }), 400, -32020],
  ['an Mcp-Name in Latin-1', () => modern({ head: lines('tools/call', 'demo__\u00e9') }), 400, -32020],
  [
    'an Mcp-Name in base64 that is not UTF-8',
    () => modern({ params: { name: '\ufffd' }, head: lines('tools/call', '=?base64?/w==?=') }),
    400,
    -32020,
  ],
  ['two Mcp-Method headers', () => modern({ head: [...lines(), 'Mcp-Method: tools/call'] }), 400],
  ['two Mcp-Name headers', () => modern({ head: [...lines(), 'Mcp-Name: demo__x'] }), 400],
  ['two Mcp-Param headers of one name', () => modern({ head: [...lines(), 'Mcp-Param-A: 1', 'mcp-param-a: 2'] }), 400],
  ['a method that was removed', () => modern({ method: 'ping', head: lines('ping') }), 404, -32601],
  ['logging/setLevel', () => modern({ method: 'logging/setLevel' }), 404, -32601],
  ['resources/subscribe', () => modern({ method: 'resources/subscribe', params: { uri: 'a:b' } }), 404, -32601],
  ['tasks/list', () => modern({ method: 'tasks/list' }), 404, -32601],
  ['a batch with a modern header', () => modern({ body: `[${JSON.stringify({ jsonrpc: '2.0', id: 1 })}]` }), 400],
  [
    'a response with a modern header',
    () => modern({ body: JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }) }),
    400,
    -32600,
  ],
  ['a requestState that nobody gave', () => modern({ params: { ...call, requestState: nowhere } }), 400, -32602],
  ['a requestState of no form', () => modern({ params: { ...call, requestState: '..' } }), 400, -32602],
  ['a requestState that is null', () => modern({ params: { ...call, requestState: null } }), 400, -32602],
  [
    'answers that are no object',
    () => modern({ params: { ...call, requestState: nowhere, inputResponses: 1 } }),
    400,
    -32602,
  ],
  ['a listen without filter', () => modern({ method: 'subscriptions/listen' }), 400, -32602],
  ['the path of a server that is not there', () => modern({ path: '/mcp/other' }), 404],
  ['the path of a server with a slash more', () => modern({ path: '/mcp/demo/' }), 404],
  ['the path of a server in capitals', () => modern({ path: '/mcp/Demo' }), 404],
  ['a path that climbs', () => modern({ path: '/mcp/..' }), 404],
  ['a server’s path with a token in the query', () => modern({ path: '/mcp/demo?token=x' }), 404],
  ['a modern GET', () => get({ session: null, extra: [lines()[0] ?? ''] }), 405],
  ['a modern DELETE', () => get({ line: 'DELETE /mcp HTTP/1.1', session: null, extra: [lines()[0] ?? ''] }), 405],
];
