#!/usr/bin/env node
// A legacy MCP server over stdio whose tools do what their arguments say: ask the client, notify it, tell what it heard.
import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const waiting = new Map();
const heard = [];
let hello = null;
let lastId = 0;
let held = null;
const names = [
  'ask',
  'ask-later',
  'ask-and-withdraw',
  'ask-and-hold',
  'withdraw',
  'whoami',
  'notify',
  'heard',
  'crash',
];
const tools = names.map((name) => ({ name, inputSchema: { type: 'object' } }));

function ask({ method, params }) {
  const id = `ask-${++lastId}`;
  say({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

async function call(id, name, args) {
  const answer = (value) => say({ id, result: { content: [{ type: 'text', text: JSON.stringify(value) }] } });
  switch (name) {
    case 'whoami':
      return answer({ capabilities: hello.capabilities, pid: process.pid });
    case 'ask':
      return answer(await Promise.all(args.requests.map(ask)));
    case 'ask-later':
      answer('soon');
      heard.push({ answer: await ask(args.request) });
      return undefined;
    case 'ask-and-withdraw': {
      void ask(args.request);
      say({ method: 'notifications/cancelled', params: { requestId: `ask-${lastId}` } });
      return answer(heard);
    }
    case 'ask-and-hold':
      void ask(args.request);
      held = () => answer('withdrawn');
      return undefined;
    case 'withdraw':
      say({ method: 'notifications/cancelled', params: { requestId: `ask-${lastId}`, reason: 'not needed' } });
      held?.();
      return answer('taken back');
    case 'notify':
      for (const notification of args.notifications) say(notification);
      return answer('told');
    case 'heard':
      return answer(heard);
    case 'crash':
      return process.exit(4);
  }
  return say({ id, error: { code: -32602, message: `Unknown tool: ${name}` } });
}

function take(message) {
  const { id, method, params = {} } = message;
  if (method === undefined) {
    const resolve = waiting.get(id);
    if (resolve === undefined) heard.push({ stray: id });
    else resolve(message.result === undefined ? { error: message.error } : { result: message.result });
  } else if (method === 'initialize') {
    hello = params;
    const capabilities = { tools: {}, logging: {}, resources: { subscribe: true } };
    say({ id, result: { protocolVersion: '2025-11-25', capabilities, serverInfo: { name: 'asking', version: '1' } } });
  } else if (method === 'tools/call') void call(id, params.name, params.arguments);
  else if (method === 'tools/list') say({ id, result: { tools } });
  else if (id === undefined) heard.push({ method, params });
  else if (method === 'server/discover') say({ id, error: { code: -32601, message: 'Method not found' } });
  else {
    heard.push({ method, params });
    say({ id, result: {} });
  }
}

createInterface({ input: process.stdin }).on('line', (line) => take(JSON.parse(line)));
