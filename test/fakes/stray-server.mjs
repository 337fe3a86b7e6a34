#!/usr/bin/env node
// An MCP server over stdio that does not keep to its own answers. First argument: the era. The tool's name says how:
// it answers twice, late, under ids nobody gave, with both members, too deep or too large, or in the middle of nowhere.
import { createInterface } from 'node:readline';

const isModern = process.argv[2] === 'modern';
const write = (text) => process.stdout.write(`${text}\n`);
const say = (message) => write(JSON.stringify({ jsonrpc: '2.0', ...message }));
const complete = isModern ? { resultType: 'complete' } : {};
const resultOf = (text) => ({ ...complete, content: [{ type: 'text', text }] });
const late = [];

const names = [
  'good',
  'twice',
  'hold',
  'release',
  'strangers',
  'both',
  'deep',
  'deep-in-batch',
  'noise',
  'large-notice',
];
const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));

const tooDeep = (id) =>
  `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete","content":[],"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;

function answer(id, name) {
  switch (name) {
    case 'twice':
      say({ id, result: resultOf('first') });
      return say({ id, result: resultOf('second') });
    case 'hold':
      return late.push(id);
    case 'release':
      for (const held of late.splice(0)) say({ id: held, result: resultOf('too late') });
      return say({ id, result: resultOf('released') });
    case 'strangers':
      for (const stranger of [99_999, -1, 1.5, 'x', `${id}`, null, true, [id], { id }, 1e300])
        say({ id: stranger, result: resultOf('stranger') });
      say({ result: resultOf('no id') });
      say({ id: 77_777, error: { code: -1, message: 'stranger' } });
      return say({ id, result: resultOf('own') });
    case 'both':
      say({ id, result: resultOf('both'), error: { code: -1, message: 'both' } });
      return say({ id, result: resultOf('one') });
    case 'deep':
      return write(tooDeep(id));
    case 'deep-in-batch':
      return write(`[${JSON.stringify({ jsonrpc: '2.0', id: 99_999, result: resultOf('stranger') })},${tooDeep(id)}]`);
    case 'noise':
      for (const line of ['', 'hello', '{', '[]', '[1]', 'null', '{"jsonrpc":"2.0"}', `"${id}"`, '\u0000\u0001'])
        write(line);
      for (const message of [
        { method: 5 },
        { method: '' },
        { method: 'notifications/progress' },
        { method: 'notifications/progress', params: [] },
        { method: 'notifications/progress', params: { progressToken: { a: 1 } } },
        { method: 'notifications/cancelled', params: { requestId: [] } },
        { method: 'notifications/message', params: { level: 7 } },
        { method: 'notifications/resources/updated', params: { uri: 7 } },
        { method: 'notifications/tasks/status', params: { taskId: {} } },
        { id: {}, method: 'elicitation/create', params: {} },
        { id: 'q', method: 'elicitation/create', params: 'x' },
        { id: 'r', method: 'no/such', params: {} },
      ])
        say(message);
      return say({ id, result: resultOf('after the noise') });
    case 'large-notice':
      say({ method: 'notifications/message', params: { level: 'error', data: 'x'.repeat(1_100_000) } });
      return say({ id, result: resultOf('after the notice') });
    default:
      return say({ id, result: resultOf('good') });
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'tools/call') answer(id, params.name);
  else if (method === 'tools/list') say({ id, result: { ...complete, ttlMs: 0, cacheScope: 'private', tools } });
  else if (method === 'server/discover' && isModern)
    say({ id, result: { ...complete, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } } });
  else if (method === 'initialize' && !isModern)
    say({
      id,
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'stray', version: '1' },
      },
    });
  else if (id !== undefined && method !== undefined) say({ id, error: { code: -32601, message: 'Method not found' } });
});
