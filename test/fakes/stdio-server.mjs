#!/usr/bin/env node
// A small MCP server over stdio that misbehaves on demand: `node stdio-server.mjs MODE [FILE]`.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [mode = 'plain', file = ''] = process.argv.slice(2);
const write = (text) => process.stdout.write(text);
const say = (message) => write(`${JSON.stringify(message)}\n`);

if (mode === 'exits-at-once') {
  process.stderr.write('boom: no configuration\n');
  process.exit(3);
}
if (mode === 'prints-garbage') {
  setInterval(() => write('hello, I am a web server\n'.repeat(50)), 5);
}
if (mode === 'ignores-sigterm') {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
}
if (mode === 'leaves-grandchild') {
  const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  writeFileSync(file, String(child.pid));
}

const tools = [{ name: 'echo', inputSchema: { type: 'object' } }];

function answerDiscovery(id) {
  if (mode === 'hangs' || mode === 'silent-to-discover') return;
  if (mode === 'exits-over-discover') process.exit(1);
  say({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
}

function answerInitialize(id) {
  if (mode === 'hangs') return;
  if (mode === 'banner') write('Server starting...\r\n\r\n');
  say({
    jsonrpc: '2.0',
    id,
    result: { protocolVersion: '2024-11-05', capabilities: { tools: {} }, serverInfo: { name: mode, version: '1' } },
  });
}

function answerCall(id, params) {
  const text = JSON.stringify({ ...params, env: mode === 'tells-env' ? process.env : undefined });
  const content = `{"content":[{"type":"text","text":${JSON.stringify(text)}}]}`;
  if (mode === 'id-first') return write(`{"jsonrpc":"2.0","id":${id},"result":${content}}\n`);
  if (mode === 'id-last-crlf') return write(`{"result":${content},"jsonrpc":"2.0", "id" : ${id} }\r\n`);
  if (mode === 'error-null') return write(`{"jsonrpc":"2.0","id":${id},"result":${content},"error":null}\n`);
  if (mode === 'duplicate-id') {
    write(`{"jsonrpc":"2.0","id":${id},"result":${content},"\\u0069d":${id - 1}}\n`);
    return say({ jsonrpc: '2.0', id, result: { honest: true } });
  }
  if (mode === 'huge-line')
    return write(`{"result":{"x":"${'y'.repeat(9 * 1024 * 1024)}"},"jsonrpc":"2.0","id":${id}}\n`);
  if (mode === 'crashes-on-call') {
    process.stderr.write(`the key is ${process.env.API_KEY ?? 'unset'}\n`);
    return process.exit(7);
  }
  if (mode === 'never-answers') return undefined;
  if (mode === 'asks-back') {
    say({ jsonrpc: '2.0', id: 'p1', method: 'ping' });
    say({ jsonrpc: '2.0', id: 9, method: 'sampling/createMessage', params: {} });
    held = { id, replies: [] };
    return undefined;
  }
  if (mode === 'progress') {
    const { progressToken } = params._meta ?? {};
    for (const token of [progressToken, 'agent-token', 99])
      say({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
  }
  return say({ jsonrpc: '2.0', id, result: JSON.parse(content) });
}

let held = null;
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (mode === 'prints-garbage') return;
  if (message.method === 'initialize') answerInitialize(message.id);
  else if (message.method === 'tools/call') answerCall(message.id, message.params);
  else if (message.method === 'tools/list') answerList(message);
  else if (message.method === 'server/discover') answerDiscovery(message.id);
  else if (message.method === 'notifications/cancelled' && mode === 'never-answers') {
    process.stderr.write(`cancelled ${message.params.requestId}\n`);
  } else if (message.method === undefined && held !== null) {
    held.replies.push(message);
    if (held.replies.length === 2) say({ jsonrpc: '2.0', id: held.id, result: { replies: held.replies } });
  }
});

function answerList({ id, params }) {
  if (mode === 'cursor-loop') return say({ jsonrpc: '2.0', id, result: { tools, nextCursor: 'again' } });
  if (mode === 'many-tools') {
    const start = Number(params.cursor ?? 0);
    const page = Array.from({ length: 500 }, (_, i) => ({ name: `t${start + i}`, inputSchema: { type: 'object' } }));
    if (start === 0) page[0].description = 'd'.repeat(130 * 1024);
    return say({ jsonrpc: '2.0', id, result: { tools: page, nextCursor: String(start + 500) } });
  }
  return say({ jsonrpc: '2.0', id, result: { tools } });
}
