#!/usr/bin/env node
// An MCP server of 2026-07-28 over stdio with the tasks extension: `slow` starts a task, `finish` ends it. What it was asked
// of a task it says in the task's message.
import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const key = (name) => `io.modelcontextprotocol/${name}`;
const tasksExtension = { [key('tasks')]: {} };
// tasks outlive the program, as those of a job system do
const tasks = new Map([[`${process.argv[2]}-1`, 'working']]);
const listens = new Map();

const describe = (taskId) => ({
  taskId,
  status: tasks.get(taskId) ?? 'working',
  createdAt: '2026-11-22T10:00:00Z',
  lastUpdatedAt: '2026-11-22T10:00:00Z',
  ttlMs: null,
  ...(tasks.get(taskId) === 'completed' ? { result: { content: [{ type: 'text', text: 'all done' }] } } : {}),
});

function finish() {
  for (const taskId of tasks.keys()) {
    tasks.set(taskId, 'completed');
    for (const [id, wanted] of listens)
      if (wanted.includes(taskId))
        say({ method: 'notifications/tasks', params: { ...describe(taskId), _meta: { [key('subscriptionId')]: id } } });
  }
}

function listen(id, { notifications, _meta }) {
  const knows = _meta[key('clientCapabilities')].extensions?.[key('tasks')] !== undefined;
  if (notifications.taskIds && !knows) return say({ id, error: { code: -32021, message: 'tasks are not declared' } });
  listens.set(id, notifications.taskIds ?? []);
  const params = { notifications, _meta: { [key('subscriptionId')]: id } };
  return say({ method: 'notifications/subscriptions/acknowledged', params });
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  const answer = (result) => say({ id, result: { resultType: 'complete', ...result } });
  if (method === 'server/discover')
    answer({ supportedVersions: ['2026-07-28'], capabilities: { tools: {}, extensions: tasksExtension } });
  else if (method === 'tools/list')
    answer({ tools: ['slow', 'finish', 'listens'].map((name) => ({ name, inputSchema: { type: 'object' } })) });
  else if (method === 'subscriptions/listen') listen(id, params);
  else if (method === 'notifications/cancelled') listens.delete(params.requestId);
  else if (method === 'tools/call' && params.name === 'slow')
    answer({ ...describe([...tasks.keys()][0]), resultType: 'task' });
  else if (method === 'tools/call' && params.name === 'listens')
    answer({ content: [{ type: 'text', text: JSON.stringify([...listens.values()]) }] });
  else if (method === 'tools/call') {
    finish();
    answer({ content: [] });
  } else if (method === 'tasks/get' && tasks.has(params.taskId)) answer(describe(params.taskId));
  else if (method === 'tasks/cancel') answer({});
  else if (id !== undefined) say({ id, error: { code: -32602, message: `no such thing: ${method}` } });
});
