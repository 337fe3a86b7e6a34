/**
 * A legacy stdio server written by hand: pages of two, a vendor method, members no schema knows, and an address that
 * two of its kind share. `process.argv[2]` is its name; `broken` as the third argument refuses every list of resources.
 */
import { createInterface } from 'node:readline';

const name = process.argv[2] ?? 'one';
const isBroken = process.argv[3] === 'broken';
const prompts = ['alpha', 'beta', 'gamma', 'delta', 'with space'].map((prompt) => ({
  name: prompt,
  description: `${prompt} of ${name}`,
  'acme/extra': { kept: true },
}));
const resources = ['a', 'b', 'c'].map((part) => ({ uri: `${name}://${part}`, name: part, 'acme/extra': 1 }));
resources.push({ uri: 'shared://thing', name: 'shared' });

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

function page(member, items, cursor) {
  const start = Number(cursor ?? 0);
  const more = start + 2 < items.length ? { nextCursor: String(start + 2) } : {};
  return { [member]: items.slice(start, start + 2), ...more };
}

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: {
      tools: {},
      prompts: {},
      resources: { subscribe: true },
      completions: {},
      experimental: { acme: { level: 3 } },
    },
    serverInfo: { name, version: '1.0.0' },
    instructions: `Words of ${name}`,
  }),
  ping: () => ({}),
  'tools/list': () => ({
    tools: [
      {
        name: 'look',
        inputSchema: { type: 'object' },
        _meta: { ui: { resourceUri: 'ui://app/main.html' } },
      },
    ],
  }),
  'tools/call': () => ({
    content: [{ type: 'resource_link', uri: `${name}-seen://1`, name: 'seen', 'acme/x': 1e21 }],
    'acme/more': [null, { deep: 'ü' }],
  }),
  'prompts/list': ({ cursor }) => page('prompts', prompts, cursor),
  'prompts/get': ({ name: prompt, arguments: args }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `${name}:${prompt}:${args?.x ?? ''}` } }],
    'acme/more': true,
  }),
  'resources/list': ({ cursor }) => page('resources', resources, cursor),
  'resources/templates/list': () => ({
    resourceTemplates: [{ uriTemplate: `${name}-item://{id}`, name: 'item' }],
  }),
  'resources/read': ({ uri }) => ({ contents: [{ uri, text: `${name} reads ${uri}` }] }),
  'completion/complete': ({ ref, argument }) => ({
    completion: { values: [`${name}/${ref.name ?? ref.uri}/${argument.value}`] },
  }),
  'acme/echo': (params) => ({ echoed: params, 'acme/number': 1e3 }),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  if (isBroken && method.startsWith('resources/')) {
    send({ id, error: { code: -32603, message: 'The resources are on fire' } });
    return;
  }
  if (method === 'resources/subscribe') {
    send({ id, result: {} });
    send({ method: 'notifications/resources/updated', params: { uri: params.uri, 'acme/extra': 2 } });
    return;
  }
  const answer = answers[method];
  if (answer) send({ id, result: answer(params) });
  else send({ id, error: { code: -32601, message: 'Method not found' } });
});
