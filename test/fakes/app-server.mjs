/**
 * A legacy stdio server with one tool that has a page, and one resource that other servers of its kind list too.
 * `process.argv`: its name, the address of the page, and a file that every line it gets is written to.
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [name = 'one', page = 'ui://main', log] = process.argv.slice(2);
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {}, resources: {} },
    serverInfo: { name, version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({
    tools: [{ name: 'look', inputSchema: { type: 'object' }, _meta: { ui: { resourceUri: page } } }],
  }),
  'resources/list': () => ({ resources: [{ uri: 'file:///a', name: 'a' }] }),
  'resources/templates/list': () => ({ resourceTemplates: [] }),
  'resources/read': ({ uri }) => ({ contents: [{ uri, text: `${name} reads ${uri}` }] }),
  'acme/ok': () => ({ ok: true }),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  if (log) appendFileSync(log, `${line}\n`);
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  const answer = answers[method];
  const error = { code: -32601, message: 'Method not found' };
  const body = answer ? { result: answer(params) } : { error };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`);
});
