#!/usr/bin/env node
// An MCP server over stdio that knows every method of its era (first argument: legacy or modern) and remembers what it
// heard. Its lists are longer while a file (second argument) exists: all its processes tell the same.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , era, moreFile] = process.argv;
const isModern = era === 'modern';
const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const heard = [];
const waiting = new Map();
const listens = new Set();
let lastId = 0;
// once the agent was heard of on the question: then it is there
let takeBack = null;

const complete = isModern ? { resultType: 'complete' } : {};
const hints = isModern ? { ...complete, ttlMs: 0, cacheScope: 'private' } : {};
const capabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  logging: {},
  completions: {},
  ...(isModern
    ? { extensions: { 'io.modelcontextprotocol/tasks': {} } }
    : { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } }),
};
const serverInfo = { name: 'every-message', version: '1' };
const inputSchema = { type: 'object' };
const withMore = (items) => [...items.slice(0, -1), ...(existsSync(moreFile) ? items.slice(-1) : [])];
const task = { taskId: 'task-1', status: 'working', createdAt: '', lastUpdatedAt: '', ttl: null, ttlMs: null };
const text = (value) => ({ ...complete, content: [{ type: 'text', text: JSON.stringify(value) }] });

const results = {
  initialize: () => ({ protocolVersion: '2025-11-25', capabilities, serverInfo }),
  'server/discover': () => ({ ...hints, supportedVersions: ['2026-07-28'], capabilities }),
  'tools/list': () => ({
    ...hints,
    tools: withMore([
      { name: 'do', inputSchema, execution: { taskSupport: 'optional' } },
      { name: 'more', inputSchema },
    ]),
  }),
  'prompts/list': () => ({ ...hints, prompts: withMore([{ name: 'one' }, { name: 'more' }]) }),
  'resources/list': () => ({
    ...hints,
    resources: withMore([
      { uri: 'all://one', name: 'one' },
      { uri: 'all://more', name: 'more' },
    ]),
  }),
  'resources/templates/list': () => ({ ...hints, resourceTemplates: [{ uriTemplate: 'all://{x}', name: 'x' }] }),
  'resources/read': () => ({ ...hints, contents: [{ uri: 'all://one', text: 'read' }] }),
  'prompts/get': () => ({ ...complete, messages: [] }),
  'completion/complete': () => ({ ...complete, completion: { values: ['done'] } }),
  ...(isModern
    ? {
        'tasks/get': () => ({ ...complete, ...task }),
        'tasks/update': () => complete,
        'tasks/cancel': () => complete,
      }
    : {
        ping: () => ({}),
        'logging/setLevel': () => ({}),
        'resources/subscribe': () => ({}),
        'resources/unsubscribe': () => ({}),
        'tasks/get': () => task,
        'tasks/list': () => ({ tasks: [task] }),
        'tasks/result': () => text('late'),
        'tasks/cancel': () => ({ ...task, status: 'cancelled' }),
      }),
};

function tell(notice) {
  const kinds = /list_changed$|resources\/updated$|\/tasks$/;
  if (!isModern || !kinds.test(notice.method)) return say(notice);
  for (const id of listens) say({ ...notice, params: { ...notice.params, _meta: { [subscriptionKey]: id } } });
}

function ask(request) {
  const id = `ask-${++lastId}`;
  say({ id, ...request });
  return new Promise((resolve) => waiting.set(id, resolve));
}

async function call(id, params) {
  const { ask: request, tell: notices = [], change, hang, withdraw, startTask } = params.arguments ?? {};
  if (startTask) return say({ id, result: { ...task, resultType: 'task' } });
  if (params.task !== undefined) return say({ id, result: { task } });
  if (change && existsSync(moreFile)) rmSync(moreFile);
  else if (change) writeFileSync(moreFile, '');
  const token = params._meta?.progressToken;
  for (const { method, params: body } of notices) {
    tell({ method, params: method === 'notifications/progress' ? { ...body, progressToken: token } : body });
  }
  if (hang) return undefined;
  if (withdraw) {
    void ask(request);
    takeBack = () => {
      say({ method: 'notifications/cancelled', params: { requestId: `ask-${lastId}` } });
      say({ id, result: text(heard) });
    };
    return undefined;
  } else if (request !== undefined && isModern) {
    if (params.inputResponses === undefined) {
      return say({ id, result: { resultType: 'input_required', inputRequests: { q: request }, requestState: 's' } });
    }
    return say({ id, result: text(params.inputResponses.q) });
  } else if (request !== undefined) return say({ id, result: text(await ask(request)) });
  return say({ id, result: text(heard) });
}

function take({ id, method, params = {}, result }) {
  if (method === undefined) return waiting.get(id)?.(result);
  if (params.arguments === undefined || Object.keys(params.arguments).length > 0) heard.push(method);
  if (method === 'notifications/progress') takeBack?.();
  if (id === undefined) return undefined;
  if (isModern && method === 'subscriptions/listen') {
    listens.add(id);
    const body = { notifications: params.notifications, _meta: { [subscriptionKey]: id } };
    return say({ method: 'notifications/subscriptions/acknowledged', params: body });
  }
  if (method === 'tools/call') return call(id, params);
  if (isModern ? method === 'initialize' : method === 'server/discover') heard.pop();
  const answer = results[method];
  const isKnown =
    answer !== undefined && !(isModern && method === 'initialize') && (isModern || method !== 'server/discover');
  return say(isKnown ? { id, result: answer() } : { id, error: { code: -32601, message: 'Method not found' } });
}

createInterface({ input: process.stdin }).on('line', (line) => take(JSON.parse(line)));
