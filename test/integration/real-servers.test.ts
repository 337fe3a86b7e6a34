import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { textOf, tokens } from '../helpers/engine.ts';
import { startEverythingHttp } from '../helpers/everything-http.ts';
import { answerCard, type Gateway, patient, startGateway, waitForCard } from '../helpers/gateway.ts';
import { isAlive, listDescendants } from '../helpers/processes.ts';

const bin = join(import.meta.dirname, '..', '..', 'node_modules', '.bin');

let folder = '';
let remote: { url: string; stop(): void };
let gateway: Gateway;
let writer: Client;
let reader: Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-real-'));
  mkdirSync(join(folder, 'workspace'));
  writeFileSync(join(folder, 'workspace', 'note.txt'), 'hello from the workspace');
  remote = await startEverythingHttp();
  gateway = await startGateway({
    dataDir: join(folder, 'data'),
    env: { WRITER_TOKEN: tokens.one, READER_TOKEN: tokens.two },
    config: {
      servers: {
        // relative to this configuration file
        files: { command: join(bin, 'mcp-server-filesystem'), args: ['./workspace'] },
        memory: { command: join(bin, 'mcp-server-memory'), env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') } },
        local: { command: join(bin, 'mcp-server-everything') },
        remote: { url: remote.url },
      },
      agents: {
        writer: {
          token: 'env:WRITER_TOKEN',
          default: 'ask',
          tools: { 'local__*': 'allow', 'remote__*': 'allow', 'memory__*': 'allow', files__move_file: 'deny' },
        },
        reader: {
          token: 'env:READER_TOKEN',
          tools: { files__read_text_file: 'allow', memory__read_graph: 'allow', remote__echo: 'ask' },
          limit: '1000/min',
        },
      },
    },
  });
  writer = await gateway.connect(tokens.one);
  reader = await gateway.connect(tokens.two);
}, 60_000);

afterAll(async () => {
  await gateway?.kill();
  remote?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const namesFor = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

describe('two agents and four real servers behind one declared gateway', () => {
  it('lists to each agent what its switches leave, with the servers’ own definitions', async () => {
    const seenByWriter = await namesFor(writer);
    for (const name of ['files__write_file', 'memory__create_entities', 'local__echo', 'remote__echo']) {
      expect(seenByWriter).toContain(name);
    }
    expect(seenByWriter).not.toContain('files__move_file');
    const { tools } = await reader.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      'files__read_text_file',
      'memory__read_graph',
      'remote__echo',
    ]);
    const read = tools.find(({ name }) => name === 'files__read_text_file');
    expect(read?.inputSchema.properties).toHaveProperty('path');
    expect(read?.annotations).toMatchObject({ readOnlyHint: true });
  });

  it('reads a real file for both, and writes one only after a person approved exactly that', async () => {
    const path = join(folder, 'workspace', 'note.txt');
    const reading = { name: 'files__read_text_file', arguments: { path } };
    expect(textOf(await reader.callTool(reading))).toBe('hello from the workspace');

    const target = join(folder, 'workspace', 'made.txt');
    const writing = writer.callTool({ name: 'files__write_file', arguments: { path: target, content: 'by approval' } });
    const card = await waitForCard(gateway.ui);
    expect(card).toMatchObject({ agentName: 'writer', serverId: 'files', tool: 'write_file' });
    await answerCard(gateway.ui, card, 'approve');
    expect((await writing).isError ?? false).toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('by approval');
  });

  it('keeps what one agent stores readable for the other, through one server', async () => {
    const entities = [{ name: 'gate', entityType: 'thing', observations: ['stands between'] }];
    const made = await writer.callTool({ name: 'memory__create_entities', arguments: { entities } });
    expect(made.structuredContent).toMatchObject({ entities });
    const graph = await reader.callTool({ name: 'memory__read_graph', arguments: {} });
    expect(graph.structuredContent).toMatchObject({ entities });
  });

  it.each(['local', 'remote'])('passes results of every kind through unchanged from the %s server', async (server) => {
    expect(textOf(await writer.callTool({ name: `${server}__echo`, arguments: { message: 'hi' } }))).toBe('Echo: hi');
    const image = await writer.callTool({ name: `${server}__get-tiny-image`, arguments: {} });
    expect((image.content as { type: string }[]).map(({ type }) => type)).toContain('image');
    const weather = await writer.callTool({
      name: `${server}__get-structured-content`,
      arguments: { location: 'Chicago' },
    });
    expect(weather.structuredContent).toHaveProperty('temperature');
    const seen: number[] = [];
    const long = { name: `${server}__trigger-long-running-operation`, arguments: { duration: 0.4, steps: 4 } };
    await writer.callTool(long, undefined, { onprogress: ({ progress }) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(0);
  });

  it('asks for a tool over HTTP too, and a denial never reaches the server', async () => {
    const asked = reader.callTool({ name: 'remote__echo', arguments: { message: 'secret plan' } });
    await answerCard(gateway.ui, await waitForCard(gateway.ui), 'deny');
    const refused = await asked;
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toBe('The user denied this call.');
    expect(JSON.stringify(refused)).not.toContain('Echo');
  });

  it('refuses each agent what only the other may call, as if it did not exist (security)', async () => {
    for (const [client, name] of [
      [reader, 'files__write_file'],
      [reader, 'local__echo'],
      [writer, 'files__move_file'],
    ] as const) {
      await expect(client.callTool({ name, arguments: {} })).rejects.toMatchObject({ code: -32602 });
    }
  });

  it('ends on SIGTERM with exit code 0 and leaves no child', async () => {
    const children = listDescendants(gateway.run.child.pid ?? 0);
    if (process.platform === 'linux') expect(children.length).toBeGreaterThanOrEqual(3);
    expect(await gateway.stop()).toBe(0);
    await vi.waitFor(() => expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]), patient);
    expect(gateway.run.stdout().trimEnd().split('\n')).toHaveLength(2);
  });
});
