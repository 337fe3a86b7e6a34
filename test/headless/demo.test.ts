import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { readDeclaredConfig } from '../../electron/headless/declared-config.ts';
import { createDemoTools } from '../../electron/headless/demo/demo-notes.ts';
import { demoCast, demoConfig } from '../../electron/headless/demo/demo-script.ts';
import { runDemoServer } from '../../electron/headless/demo/demo-server.ts';

async function converse(...lines: string[]): Promise<unknown[]> {
  const input = new PassThrough();
  const output = new PassThrough();
  input.end(`${lines.join('\n')}\n`);
  await runDemoServer(input, output);
  output.end();
  return (await text(output))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const request = (id: number, method: string, params: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

describe('the demo server', () => {
  it('speaks enough MCP to be listed and called, and ignores what is no message', async () => {
    const [hello, list, call, unknownTool, unknownMethod] = await converse(
      request(1, 'initialize', {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 't', version: '1' },
      }),
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      'not json',
      request(2, 'tools/list'),
      request(3, 'tools/call', { name: 'read_note', arguments: { name: 'shopping' } }),
      request(4, 'tools/call', { name: 'nothing' }),
      request(5, 'resources/list'),
    );
    expect(hello).toMatchObject({
      id: 1,
      result: { protocolVersion: '2025-06-18', serverInfo: { title: 'Demo notes' } },
    });
    expect(list).toMatchObject({ id: 2, result: { tools: createDemoTools().map(({ name }) => ({ name })) } });
    expect(call).toMatchObject({
      id: 3,
      result: { isError: false, content: [{ text: 'Oat milk, rye bread, apples.' }] },
    });
    expect(unknownTool).toMatchObject({ id: 4, error: { code: -32602 } });
    expect(unknownMethod).toMatchObject({ id: 5, error: { code: -32601 } });
  });
});

describe('the demo script', () => {
  it('is a right configuration whose names say that it is a demo', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'demo-script-'));
    const file = path.join(folder, 'demo.yaml');
    writeFileSync(file, demoConfig('/usr/bin/node', ['/a folder/main.ts', 'demo-server']));
    const env = Object.fromEntries(demoCast.map(({ tokenVariable }, index) => [tokenVariable, `${index}`.repeat(40)]));
    const result = await readDeclaredConfig(file, env);
    rmSync(folder, { recursive: true });
    expect(result).toMatchObject({ ok: true });
    if (!result.ok) return;
    for (const { name } of result.config.agents) expect(name).toMatch(/^Demo /);
    for (const { id } of result.config.servers) expect(id).toMatch(/^demo-/);
  });

  it('uses only tools the demo server has, and shows an allowed, an asked and a blocked one', async () => {
    const known = createDemoTools().map(({ name }) => `demo-notes__${name}`);
    const used = demoCast.flatMap(({ steps }) => steps.map(({ tool }) => tool));
    for (const tool of used) expect(known).toContain(tool);
    expect(used).toEqual(
      expect.arrayContaining(['demo-notes__read_note', 'demo-notes__write_note', 'demo-notes__delete_note']),
    );
  });
});
