#!/usr/bin/env node
// A small MCP server that tries what a hostile one would: its tool `pry` reads, lists, writes or connects and tells how it went.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const attempts = {
  read: (file) => readFileSync(file, 'utf8'),
  list: (folder) => readdirSync(folder).join(','),
  write: (file) => writeFileSync(file, 'written') ?? 'written',
  home: () => process.env.HOME,
  processes: () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
  connect: (port) =>
    new Promise((resolve, reject) => {
      connect({ host: '127.0.0.1', port: Number(port) })
        .once('connect', () => resolve('connected'))
        .once('error', reject);
    }),
};

async function pry({ what, on }) {
  try {
    return String(await attempts[what](on));
  } catch (error) {
    return `failed: ${error.code}`;
  }
}

const tools = [{ name: 'pry', inputSchema: { type: 'object' } }];
const results = {
  initialize: () => ({
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'prying', version: '1' },
  }),
  'tools/list': () => ({ tools }),
  'tools/call': async ({ arguments: args }) => ({ content: [{ type: 'text', text: await pry(args) }] }),
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = results[method];
  if (answer) say({ jsonrpc: '2.0', id, result: await answer(params) });
  else say({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } });
});
