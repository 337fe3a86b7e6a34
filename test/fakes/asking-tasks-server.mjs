#!/usr/bin/env node
// An MCP server of 2026-07-28 over stdio whose tasks ask for input. `ask` starts a task that asks what its arguments say
// (`requests`; `raw`: the member as text, in place of it); a task is done when all of it was answered. `received`: every
// answer that came in, by task. `tell`: news of all tasks to who listens, and on the call’s own stream.
import { createInterface } from 'node:readline';

const write = (text) => process.stdout.write(`${text}\n`);
const say = (message) => write(JSON.stringify({ jsonrpc: '2.0', ...message }));
const key = (name) => `io.modelcontextprotocol/${name}`;
const tasks = new Map();
const listens = new Map();
const stamps = { createdAt: '2026-11-22T10:00:00Z', lastUpdatedAt: '2026-11-22T10:00:00Z', ttlMs: null };

function describe(taskId) {
  const { requests, answers, raw } = tasks.get(taskId);
  const open = Object.fromEntries(Object.entries(requests).filter(([name]) => !Object.hasOwn(answers, name)));
  const head = { resultType: 'complete', taskId, ...stamps };
  if (raw) return `${JSON.stringify({ ...head, status: 'input_required' }).slice(0, -1)},${raw}}`;
  if (Object.keys(open).length > 0)
    return `${JSON.stringify({ ...head, status: 'input_required' }).slice(0, -1)}, "inputRequests" : ${JSON.stringify(open)},"x-size":1.0e2}`;
  const result = { content: [{ type: 'text', text: JSON.stringify(answers) }] };
  return JSON.stringify({ ...head, status: 'completed', result });
}

function call(id, { name, arguments: args }) {
  const answer = (result) => say({ id, result: { resultType: 'complete', ...result } });
  if (name === 'ask') {
    const taskId = `${process.argv[2]}-${tasks.size + 1}`;
    tasks.set(taskId, { requests: args.requests ?? {}, answers: {}, received: [], raw: args.raw });
    const seed = { resultType: 'task', taskId, status: 'working', ...stamps };
    return answer(args.inSeed ? { ...seed, inputRequests: args.requests } : seed);
  }
  if (name === 'more') Object.assign(tasks.get(args.taskId).requests, args.requests);
  if (name === 'take-back') delete tasks.get(args.taskId).requests[args.key];
  if (name === 'tell') {
    for (const [listen, wanted] of listens)
      for (const taskId of wanted)
        say({
          method: 'notifications/tasks',
          params: { ...JSON.parse(describe(taskId)), _meta: { [key('subscriptionId')]: listen } },
        });
    for (const taskId of tasks.keys()) say({ method: 'notifications/tasks', params: JSON.parse(describe(taskId)) });
  }
  if (name === 'strays') {
    say({ method: 'notifications/cancelled', params: { requestId: args.requestId } });
    say({ method: 'notifications/subscriptions/acknowledged', params: { notifications: { toolsListChanged: true } } });
    say({ method: 'notifications/tools/list_changed' });
    say({ method: 'notifications/vendor/kept', params: { a: 1 } });
  }
  const received = Object.fromEntries([...tasks].map(([taskId, task]) => [taskId, task.received]));
  return answer({ content: [{ type: 'text', text: JSON.stringify(received) }] });
}

function ofTask(id, method, { taskId, inputResponses }) {
  const task = tasks.get(taskId);
  if (!task) return say({ id, error: { code: -32602, message: `no such task: ${taskId}` } });
  if (method === 'tasks/get') return write(`{"jsonrpc":"2.0","id":${id},"result":${describe(taskId)}}`);
  if (method === 'tasks/update') {
    task.received.push(inputResponses);
    Object.assign(task.answers, inputResponses);
  }
  return say({ id, result: { resultType: 'complete' } });
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  const answer = (result) => say({ id, result: { resultType: 'complete', ...result } });
  if (method === 'server/discover')
    answer({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {}, extensions: { [key('tasks')]: {} } },
    });
  else if (method === 'tools/list')
    answer({
      tools: ['ask', 'more', 'take-back', 'received', 'tell', 'strays'].map((name) => ({
        name,
        inputSchema: { type: 'object' },
      })),
    });
  else if (method === 'tools/call') call(id, params);
  else if (method === 'subscriptions/listen') {
    listens.set(id, params.notifications.taskIds ?? []);
    say({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: params.notifications, _meta: { [key('subscriptionId')]: id } },
    });
  } else if (method === 'notifications/cancelled') listens.delete(params.requestId);
  else if (method.startsWith('tasks/')) ofTask(id, method, params);
  else if (id !== undefined) say({ id, error: { code: -32601, message: `no such thing: ${method}` } });
});
