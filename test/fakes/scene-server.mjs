#!/usr/bin/env node
// Made-up servers for pictures of the app: `node scene-server.mjs github`. They touch nothing and answer after a moment.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const text = { type: 'string' };
const reads = { readOnlyHint: true };
const writes = { readOnlyHint: false, destructiveHint: false };
const destroys = { readOnlyHint: false, destructiveHint: true };

/** [name, description, parameters, annotations, milliseconds to answer] */
const catalogs = {
  github: [
    ['list_pull_requests', 'Lists the pull requests of a repository.', ['repository', 'state'], reads, 140],
    ['get_pull_request', 'Returns one pull request with its diff.', ['repository', 'number'], reads, 110],
    ['list_issues', 'Lists the issues of a repository.', ['repository', 'state'], reads, 160],
    ['create_issue', 'Creates a new issue in a repository.', ['repository', 'title', 'body'], writes, 210],
    ['merge_pull_request', 'Merges a pull request.', ['repository', 'number'], writes, 260],
    [
      'delete_repository',
      'Deletes a repository. This cannot be undone. Requires admin rights.',
      ['owner', 'repo', 'confirm', 'options'],
      destroys,
      300,
    ],
  ],
  filesystem: [
    ['read_file', 'Reads a file of the workspace.', ['path'], reads, 6],
    ['list_directory', 'Lists a folder of the workspace.', ['path'], reads, 4],
    ['search_files', 'Searches the workspace.', ['query'], reads, 50],
    ['write_file', 'Creates or replaces a file.', ['path', 'content'], destroys, 9],
    ['edit_file', 'Changes lines of a file.', ['path', 'edits'], writes, 12],
  ],
  postgres: [
    ['list_tables', 'Lists the tables of a database.', ['database'], reads, 18],
    ['query', 'Runs one read-only SQL statement.', ['database', 'sql'], reads, 40],
    ['execute', 'Runs SQL that changes data.', ['database', 'sql'], destroys, 40],
  ],
  browser: [
    ['navigate', 'Opens an address.', ['url'], { openWorldHint: true }, 60_000],
    ['snapshot', 'Describes the open page.', [], reads, 300],
  ],
  calendar: [
    ['list_events', 'Lists the events of a day. Times are local to the calendar.', ['day'], reads, 80],
    ['create_event', 'Creates an event and invites its guests by mail.', ['day', 'title', 'guests'], writes, 120],
  ],
};

const name = process.argv[2] ?? '';
if (name === 'slack') {
  process.stderr.write('slack: SLACK_BOT_TOKEN is not set\n');
  process.exit(1);
}
const tools = catalogs[name] ?? [];
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

function define([tool, description, parameters, annotations]) {
  const properties = Object.fromEntries(
    parameters.map((parameter) => [parameter, parameter === 'options' ? { type: 'object' } : text]),
  );
  return { name: tool, description, inputSchema: { type: 'object', properties }, annotations };
}

async function answer({ id, method, params }) {
  if (id === undefined) return;
  if (method === 'initialize') {
    const serverInfo = { name: `${name}-mcp`, version: '2.4.0' };
    say({ id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo } });
  } else if (method === 'tools/list') say({ id, result: { tools: tools.map(define) } });
  else if (method === 'tools/call') await answerCall(id, params);
  else say({ id, error: { code: -32601, message: 'Method not found' } });
}

async function answerCall(id, { name: called, arguments: given = {} }) {
  const tool = tools.find(([tool]) => tool === called);
  await sleep(tool?.[4] ?? 0);
  const isError = JSON.stringify(given).includes('orders_archive');
  const said = isError ? 'ERROR: relation "orders_archive" does not exist' : `${called}: done`;
  say({ id, result: { content: [{ type: 'text', text: said }], isError } });
}

createInterface({ input: process.stdin }).on('line', (line) => void answer(JSON.parse(line)));
