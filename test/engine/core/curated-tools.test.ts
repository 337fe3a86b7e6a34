import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findCurated } from '../../../electron/engine/core/curated-tools.ts';

const modules = join(import.meta.dirname, '..', '..', '..', 'node_modules', '@modelcontextprotocol');

async function listTools(server: string, ...args: string[]) {
  const client = new Client({ name: 'test', version: '1.0.0' });
  onTestFinished(() => client.close());
  const program = join(modules, server, 'dist', 'index.js');
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [program, ...args], stderr: 'ignore' }),
  );
  return (await client.listTools()).tools;
}

describe('our list of well-known servers', () => {
  it.each([
    ['server-filesystem', [import.meta.dirname]],
    ['server-memory', []],
  ])(
    'names every tool that %s really has, and calls none harmless that says it is not (security)',
    async (server, args) => {
      const tools = await listTools(server, ...args);
      expect(tools.length).toBeGreaterThan(5);
      for (const { name, annotations } of tools) {
        const { tier } = findCurated([`@modelcontextprotocol/${server}`], name) ?? {};
        expect(tier, name).toBeTypeOf('string');
        if (annotations?.readOnlyHint === false) expect(tier, name).not.toBe('read');
      }
    },
  );

  it.each([
    ['ghcr.io/github/github-mcp-server', 'pull_request_review_write', 'publish'],
    ['ghcr.io/github/github-mcp-server', 'actions_run_trigger', 'destructive'],
    ['@playwright/mcp', 'browser_mouse_click_xy', 'publish'],
    ['postgres-mcp', 'explain_query', 'write'],
    ['postgres-mcp', 'execute_sql', 'secret'],
    ['@notionhq/notion-mcp-server', 'API-query-data-source', 'read'],
    ['mcp.slack.com', 'slack_send_message', 'publish'],
  ])('rates %s: %s as %s', (identity, tool, tier) => {
    expect(findCurated([identity], tool)?.tier).toBe(tier);
  });

  it('says nothing of a tool it does not know', () => {
    expect(findCurated(['@playwright/mcp'], 'browser_new_thing')?.tier).toBeNull();
    expect(findCurated(['my-own-server'], 'read_file')).toBeNull();
  });
});
