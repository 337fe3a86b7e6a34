// A server over stdio that writes every message it gets to a file. `node recording-server.mjs FILE legacy|modern [MS]`,
// MS: how late it greets a client that can be asked.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [file, era, late = '0'] = process.argv.slice(2);
const isModern = era === 'modern';
const capabilities = { tools: {}, prompts: {}, resources: {}, logging: {} };
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const question = { message: 'm', requestedSchema: { type: 'object', properties: {} } };
const tools = ['ok', 'danger', 'poll', 'ask', 'ask-as-task', 'page', 'job', 'job-goes-on', 'job-done'].map((name) => ({
  name,
  inputSchema: { type: 'object' },
}));
const lists = {
  'tools/list': () => ({ tools }),
  'prompts/list': (params) => ({ prompts: [{ name: 'p' }], ...(params.cursor ? {} : { nextCursor: 'page-2' }) }),
  'resources/list': () => ({ resources: [] }),
  'resources/templates/list': () => ({ resourceTemplates: [] }),
};
/** Our own question to the client, by its id: the call it belongs to. */
const asked = new Map();
let jobToken;
let jobProgress = 0;

function callTool(id, params) {
  const done = { content: [{ type: 'text', text: 'done' }] };
  const ok = (result) => send({ id, result: { ...(isModern ? { resultType: 'complete' } : {}), ...result } });
  if (params.name === 'page') {
    const page = { mode: 'url', elicitationId: 'e', url: 'https://login.example/', message: 'log in' };
    return send({ id, error: { code: -32042, message: 'open', data: { elicitations: [page] } } });
  }
  if (params.name.startsWith('job')) {
    const state = { taskId: 'job-1', status: 'working', createdAt: 'now', lastUpdatedAt: 'now', ttl: null };
    const _meta = { 'io.modelcontextprotocol/related-task': { taskId: 'job-1' } };
    if (params.name === 'job') jobToken = params._meta.progressToken;
    if (params.name === 'job-done')
      send({ method: 'notifications/tasks/status', params: { ...state, status: 'completed' } });
    if (params.name !== 'job')
      send({ method: 'notifications/progress', params: { progressToken: jobToken, progress: ++jobProgress, _meta } });
    return ok(params.name === 'job' ? { task: state } : done);
  }
  if (params.name === 'poll') return ok({ resultType: 'input_required', requestState: 'again' });
  if (!params.name.startsWith('ask')) return ok(done);
  if (!isModern) {
    asked.set(`ask-${id}`, id);
    return send({
      id: `ask-${id}`,
      method: 'elicitation/create',
      params: { ...question, ...(params.name === 'ask-as-task' ? { task: { ttl: 1 } } : {}) },
    });
  }
  if (params.inputResponses !== undefined) return ok(done);
  const inputRequests = { q: { method: 'elicitation/create', params: question } };
  return ok({ resultType: 'input_required', requestState: 'asked', inputRequests });
}

createInterface({ input: process.stdin }).on('line', (line) => {
  appendFileSync(file, `${line}\n`);
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined) return;
  if (method === undefined) {
    if (asked.has(id)) send({ id: asked.get(id), result: { content: [] } });
  } else if (method === 'initialize') {
    const serverInfo = { name: 'recording', version: '1' };
    const greet = () => send({ id, result: { protocolVersion: '2025-11-25', capabilities, serverInfo } });
    setTimeout(greet, params.capabilities?.elicitation ? Number(late) : 0);
  } else if (method === 'server/discover') {
    const result = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities };
    if (isModern) send({ id, result: { ...result, ttlMs: 0, cacheScope: 'public' } });
    else send({ id, error: { code: -32601, message: 'Method not found' } });
  } else if (method === 'tools/call') callTool(id, params);
  else send({ id, result: { ...(isModern ? { resultType: 'complete' } : {}), ...lists[method]?.(params) } });
});
