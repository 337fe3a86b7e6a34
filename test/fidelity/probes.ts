import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue } from '../../electron/engine/wire/json-rpc.ts';
import type { RawAnswer } from '../fakes/fixture-raw-server.ts';

/** One thing a careless proxy loses, asked once directly and once through the gateway. */
export interface Probe {
  name: string;
  method: string;
  params: JsonObject;
  answer: RawAnswer;
  /** Both eras when absent. */
  era?: Era;
  /** What the agent answers when the server asks it. */
  agentAnswers?: Record<string, JsonObject>;
}

/** Members no specification knows, for every place that can have members. */
export const vendor: JsonObject = {
  'x-vendor': { nested: [1, 'two', null, { three: true }] },
  'com.example/flag': false,
  '': 'a member without a name',
};

/** Integers up to 2^53 - 1: a larger one in a request would reach the server as another one, and is refused. */
export const oddNumbers: JsonValue[] = [
  0,
  -1,
  0.1,
  -0.5e-7,
  1e21,
  1.5e300,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];

/** Without lone surrogates: arguments must have a canonical form (RFC 8785), because approvals and the log bind them. */
export const oddStrings: JsonValue[] = [
  '',
  ' ',
  'line\nbreak\r\ttab',
  'quote " backslash \\ slash /',
  '\u0000\u0001\u001f',
  'emoji 👩‍👩‍👧‍👦 and 日本語 and עברית',
  'separators \u2028 and \u2029',
  'e\u0301 is not \u00e9',
  '\ufeffbyte order mark',
  '</script><!--',
  'data: looks like SSE\n\ndata: {"jsonrpc":"2.0"}',
];

function nest(depth: number): JsonValue {
  return depth === 0 ? 'bottom' : { down: [nest(depth - 1)] };
}

const prototypeNames = JSON.parse('{"constructor":1,"toString":"x","hasOwnProperty":null,"then":[]}') as JsonObject;

function ok(more: JsonObject = {}): RawAnswer {
  return { result: { content: [{ type: 'text', text: 'ok' }], ...more } };
}

function call(name: string, params: JsonObject, answer: RawAnswer = ok(), more: Partial<Probe> = {}): Probe {
  return { name, method: 'tools/call', params: { name: 'probe', arguments: {}, ...params }, answer, ...more };
}

const requestProbes: Probe[] = [
  call('unknown members of params', vendor),
  call('vendor keys in _meta of a request', { _meta: vendor }),
  call('trace context in _meta', { _meta: { traceparent: '00-0af7-b7ad-01', tracestate: 'a=1', baggage: 'k=v' } }),
  call('odd numbers in arguments', { arguments: { numbers: oddNumbers } }),
  call('odd strings in arguments', { arguments: { strings: oddStrings } }),
  call('empty and null arguments', { arguments: { a: null, b: {}, c: [], d: '', '': 0 } }),
  call('deep arguments', { arguments: { deep: nest(20) } }),
  call('a long string in arguments', { arguments: { long: 'x'.repeat(200_000) } }),
  call('names of the object prototype in arguments', { arguments: prototypeNames }),
  { name: 'a call without arguments', method: 'tools/call', params: { name: 'probe' }, answer: ok() },
];

const resultProbes: Probe[] = [
  call('unknown members of a result', {}, ok(vendor)),
  call('_meta of a result', {}, ok({ _meta: vendor })),
  call(
    'the name a server gives itself in a result',
    {},
    ok({ _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'raw', version: '', ...vendor } } }),
    { era: 'modern' },
  ),
  call('an unknown content block', {}, ok({ content: [{ type: 'com.example/hologram', data: vendor }] })),
  call(
    'unknown members and annotations of a content block',
    {},
    ok({
      content: [{ type: 'text', text: '', annotations: { audience: ['user'], priority: 0.3, ...vendor }, ...vendor }],
    }),
  ),
  call(
    'resource links and embedded resources',
    {},
    ok({
      content: [
        { type: 'resource_link', uri: 'ui://panel/main', name: 'panel', _meta: vendor, ...vendor },
        { type: 'resource', resource: { uri: 'raw://one', blob: 'AAAA', mimeType: 'x/y', _meta: vendor, ...vendor } },
      ],
    }),
  ),
  call('structured content', {}, ok({ structuredContent: { numbers: oddNumbers, strings: oddStrings, none: null } })),
  call('odd numbers in a result', {}, ok({ 'x-numbers': [...oddNumbers, 2 ** 53, 2 ** 60] })),
  call('odd strings in a result', {}, ok({ 'x-strings': [...oddStrings, 'lone surrogate \ud800'] })),
  call('names of the object prototype in a result', {}, ok({ 'x-names': prototypeNames })),
  call('an empty content list', {}, ok({ content: [] })),
  call('a deep result', {}, ok({ 'x-deep': nest(50) })),
  call('a long string in a result', {}, ok({ 'x-long': 'ü'.repeat(100_000) })),
  call('a tool error with unknown members', {}, ok({ isError: true, ...vendor })),
];

const errorProbes: Probe[] = [
  call('an error with a code and data of its own', {}, { error: { code: -31999, message: 'Odd', data: vendor } }),
  call('an error whose data is null', {}, { error: { code: 7, message: '', data: null } }),
  call('an error whose data is a list', {}, { error: { code: -32603, message: 'ü\n', data: oddStrings } }),
  call('unknown members of an error', {}, { error: { code: -32000, message: 'x', ...vendor } }),
];

const logMessages: JsonObject[] = [
  { method: 'notifications/message', params: { level: 'info', logger: '', data: vendor, ...vendor } },
  { method: 'notifications/message', params: { level: 'debug', data: oddNumbers } },
];

const notificationProbes: Probe[] = [
  call(
    'progress with unknown members',
    { _meta: { progressToken: 'my-token' } },
    {
      ...ok(),
      notifications: [
        { method: 'notifications/progress', params: { progress: 0.5, total: 2, message: '', ...vendor } },
        { method: 'notifications/progress', params: { progress: 2, total: 2, _meta: vendor } },
      ],
    },
  ),
  call(
    'a numeric progress token',
    { _meta: { progressToken: 0 } },
    {
      ...ok(),
      notifications: [{ method: 'notifications/progress', params: { progress: 1 } }],
    },
  ),
  call('log messages with structured data', {}, { ...ok(), notifications: logMessages }, { era: 'legacy' }),
  call(
    'log messages with structured data',
    { _meta: { 'io.modelcontextprotocol/logLevel': 'debug' } },
    { ...ok(), notifications: logMessages },
    { era: 'modern' },
  ),
  call(
    'a vendor notification during a call',
    {},
    {
      ...ok(),
      notifications: [{ method: 'notifications/com.example/tick', params: { strings: oddStrings, ...vendor } }],
    },
  ),
];

const otherMethodProbes: Probe[] = [
  {
    name: 'resources/read with unknown members both ways',
    method: 'resources/read',
    params: { uri: 'raw://one', ...vendor },
    answer: {
      result: {
        contents: [{ uri: 'raw://one', text: '', mimeType: 'a/b;c=d', _meta: vendor, ...vendor }],
        ...vendor,
      },
    },
  },
  {
    name: 'prompts/get with unknown members both ways',
    method: 'prompts/get',
    params: { name: 'probe', arguments: { a: '', ü: '\u2028' }, ...vendor },
    answer: {
      result: {
        messages: [{ role: 'user', content: { type: 'com.example/x', ...vendor }, ...vendor }],
        description: '',
        ...vendor,
      },
    },
  },
  {
    name: 'completion/complete with context and unknown members',
    method: 'completion/complete',
    params: {
      ref: { type: 'ref/prompt', name: 'probe', title: 'Probe', ...vendor },
      argument: { name: 'a', value: '' },
      context: { arguments: { b: 'é' } },
      ...vendor,
    },
    answer: { result: { completion: { values: [''], total: 0, hasMore: false, ...vendor }, ...vendor } },
  },
  {
    name: 'a vendor method',
    method: 'com.example/do',
    params: { ...vendor, numbers: oddNumbers },
    answer: { result: { done: true, strings: oddStrings, ...vendor } },
  },
  {
    name: 'an error of resources/read',
    method: 'resources/read',
    params: { uri: 'raw://one' },
    answer: { error: { code: -32602, message: 'Gone', data: { uri: 'raw://one', ...vendor } } },
  },
];

const elicitation: JsonObject = {
  message: '',
  requestedSchema: {
    type: 'object',
    properties: { a: { type: 'string', default: '', 'x-order': 1 } },
    'x-layout': vendor,
  },
  ...vendor,
};

const askProbes: Probe[] = [
  call(
    'a question of the server and its answer',
    {},
    { ...ok(), ask: { method: 'elicitation/create', params: elicitation } },
    { agentAnswers: { 'elicitation/create': { action: 'accept', content: { a: 'ü', n: 0.1 }, ...vendor } } },
  ),
  call(
    'a sampling request with unknown content and its answer',
    {},
    {
      ...ok(),
      ask: {
        method: 'sampling/createMessage',
        params: { messages: [{ role: 'user', content: { type: 'x', ...vendor } }], maxTokens: 1, ...vendor },
      },
    },
    {
      agentAnswers: {
        'sampling/createMessage': { role: 'assistant', model: '', content: { type: 'y', ...vendor }, ...vendor },
      },
    },
  ),
  call(
    'a request for the roots and its answer',
    {},
    { ...ok(), ask: { method: 'roots/list', params: { _meta: vendor } } },
    {
      agentAnswers: { 'roots/list': { roots: [{ uri: 'file:///ü', name: '', _meta: vendor, ...vendor }], ...vendor } },
    },
  ),
];

const modernProbes: Probe[] = [
  call('structured content that is no object', {}, ok({ structuredContent: [1, 'two', null] }), { era: 'modern' }),
  {
    name: 'a vendor result type of a vendor method',
    method: 'com.example/do',
    params: {},
    answer: { result: { resultType: 'com.example/later', ...vendor } },
    era: 'modern',
  },
];

const taskId = 'task/ü 1';
const task: JsonObject = { taskId, status: 'working', ttl: null, pollInterval: 0, createdAt: '', ...vendor };

/** In this order: a task is there once a call of this agent became one. */
const taskProbes: Probe[] = [
  call(
    'a call that becomes a task',
    { task: { ttl: 1, ...vendor } },
    { result: { task, ...vendor } },
    { era: 'legacy' },
  ),
  call('a call that becomes a task', {}, { result: { resultType: 'task', ...task } }, { era: 'modern' }),
  { name: 'tasks/get', method: 'tasks/get', params: { taskId, ...vendor }, answer: { result: task } },
  { name: 'tasks/cancel', method: 'tasks/cancel', params: { taskId, ...vendor }, answer: { result: { ...task } } },
  { name: 'tasks/result', method: 'tasks/result', params: { taskId, ...vendor }, answer: ok(vendor), era: 'legacy' },
  {
    name: 'tasks/list',
    method: 'tasks/list',
    params: { ...vendor },
    answer: { result: { tasks: [task], ...vendor } },
    era: 'legacy',
  },
  {
    name: 'what a task asks',
    method: 'tasks/get',
    params: { taskId },
    answer: {
      result: {
        ...task,
        status: 'input_required',
        inputRequests: { 'a question': { method: 'elicitation/create', params: elicitation } },
      },
    },
    era: 'modern',
  },
  {
    name: 'tasks/update',
    method: 'tasks/update',
    params: { taskId, inputResponses: { 'a question': { action: 'accept', ...vendor } }, ...vendor },
    answer: { result: { ...vendor } },
    era: 'modern',
  },
];

/** Tasks have a form in each era and none between them. */
export const sameEraProbes: readonly Probe[] = taskProbes;

export const probes: Probe[] = [
  ...requestProbes,
  ...resultProbes,
  ...errorProbes,
  ...notificationProbes,
  ...otherMethodProbes,
  ...askProbes,
  ...modernProbes,
  ...taskProbes,
];
