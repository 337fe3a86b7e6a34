import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../electron/engine/exchange.ts';
import type { JsonObject, JsonValue } from '../../electron/engine/wire/json-rpc.ts';
import { connectRawAgent, type RawAgent } from '../fidelity/raw-agent.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../helpers/engine.ts';

let harness: Harness;
const agents = new Map<Era, RawAgent>();

beforeAll(async () => {
  harness = await startEngine({
    servers: [
      { id: 'old', transport: fakeServer('every-message-server.mjs', 'legacy', '/nowhere/x'), trusted: false },
      { id: 'jobs', transport: fakeServer('tasks-server.mjs', 'a'), trusted: false },
    ],
    agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
  });
  // without the extension, requests about tasks are refused before anything of them is read
  const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
  for (const era of ['legacy', 'modern'] as const)
    agents.set(era, await connectRawAgent(harness.url, era, tokens.one, capabilities));
}, 60_000);

afterAll(() => harness.stop());

const long = 'x'.repeat(9_000);
const odd: JsonValue[] = [null, true, 0, -1, 1.5, [], ['x'], {}, { name: 'x' }];

/** A method, the member of its params that is wrong, and what stands there. */
const wrong: [string, string, JsonValue][] = [
  ...odd.map((value): [string, string, JsonValue] => ['tools/call', 'name', value]),
  ...odd.map((value): [string, string, JsonValue] => ['prompts/get', 'name', value]),
  ...odd.map((value): [string, string, JsonValue] => ['resources/read', 'uri', value]),
  ...odd.map((value): [string, string, JsonValue] => ['completion/complete', 'ref', value]),
  ...odd.filter((value) => value !== null).map((value): [string, string, JsonValue] => ['tools/list', 'cursor', value]),
  ...['resources/list', 'prompts/list', 'resources/templates/list'].flatMap((method) =>
    [1, [], {}, 'forged', long].map((value): [string, string, JsonValue] => [method, 'cursor', value]),
  ),
  ...['tools/call', 'prompts/get'].map((method): [string, string, JsonValue] => [method, 'name', long]),
  ...['', '../..', '\u0000', 'file:///etc/passwd', `a:${long}`].map((uri): [string, string, JsonValue] => [
    'resources/read',
    'uri',
    uri,
  ]),
];

/** Params that are wrong in more than one place, or where another member is right. */
const whole: [string, JsonObject][] = [
  ['tools/call', {}],
  ['tools/call', { name: 'nobody__has_this', arguments: {} }],
  ['tools/call', { name: '', arguments: {} }],
  ['tools/call', { name: 'constructor', arguments: {} }],
  ['tools/call', { name: 'toString', arguments: {} }],
  ['tools/call', { name: 'hasOwnProperty' }],
  ['prompts/get', { name: 'constructor' }],
  ['prompts/get', { name: 'one', arguments: 'x' }],
  ['prompts/get', { name: 'one', arguments: ['x'] }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'one' } }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'one' }, argument: 'a' }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'one' }, argument: ['a'] }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'one' }, argument: { name: 'a' }, context: 7 }],
  ['completion/complete', { ref: { type: 'ref/nothing', name: 'one' }, argument: { name: 'a', value: '' } }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'nobody' }, argument: { name: 'a', value: '' } }],
  ['tasks/get', {}],
  ['tasks/get', { taskId: 7 }],
  ['tasks/get', { taskId: long }],
  ['tasks/get', { taskId: '__proto__' }],
  ['tasks/cancel', { taskId: 'nobody’s' }],
];

/** Methods that are not there for an agent, however they are spelled. */
const methods = [
  ...['initialised', 'tools', 'tools/', '/tools/list', 'tools/list/', 'Tools/List', 'tools\\list', 'tools/list '],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'rpc.discover', 'system.listMethods'],
  ...['sampling/createMessage', 'elicitation/create', 'roots/list', 'notifications/initialized', 'notifications/x'],
  ...['tools/list\u0000', 'tools/li\u200bst', 'tооls/list', 'tools/list\r\nX: 1', '\ud83d\ude00'],
];
const legacyMethods = ['server/discoverx', 'tasks/update', 'subscriptions/listen'];
const modernMethods = ['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe', 'ping', 'tasks/result'];

/** What no header can carry is refused to a modern agent for the header that is missing. */
const methodsFor = (era: Era) =>
  era === 'legacy'
    ? [...methods, ...legacyMethods]
    : [...methods.filter((method) => /^[\x20-\x7e]+$/.test(method)), ...modernMethods];

describe.each(['legacy', 'modern'] as const)('a %s agent that sends what it must not', (era) => {
  const agent = () => agents.get(era) as RawAgent;

  /** An error of JSON-RPC, or a tool's; never a fault of ours, and the next request is answered. */
  async function expectRefused(method: string, params: JsonObject): Promise<void> {
    const { status, response } = await agent().send(method, params);
    expect(status).toBeLessThan(500);
    const { error, result } = response as { error?: { code: number }; result?: JsonObject };
    if (error) expect([-32600, -32601, -32602, -32002, -32020]).toContain(error.code);
    else expect(result?.isError).toBe(true);
    const lists = await agent().send('tools/list', {});
    expect((lists.response.result as JsonObject).tools).not.toEqual([]);
  }

  it.each(wrong)('%s with a wrong %s is refused: %j (security)', async (method, member, value) => {
    await expectRefused(method, { [member]: value });
  });

  it.each(whole)('%s is refused with %j (security)', (method, params) => expectRefused(method, params));

  it.each(methodsFor(era))('%j is no method here (security)', (method) => expectRefused(method, {}));

  it('still gets its calls answered by the servers, which heard of none of this', async () => {
    const { response } = await agent().send('tools/call', { name: 'old__do', arguments: {} });
    const heard = JSON.parse((response.result as { content: { text: string }[] }).content[0]?.text ?? '') as string[];
    expect(
      heard.filter(
        (method) => !/^(initialize|server\/discover|notifications\/|\w+(\/templates)?\/list|tools\/call)/.test(method),
      ),
    ).toEqual([]);
  });
});
