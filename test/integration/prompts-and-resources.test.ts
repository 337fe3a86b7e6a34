import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openReader } from '../../electron/engine/store/reader.ts';
import { declareAgent, fakeServer, type Harness, npmServer, startEngine, textOf, tokens } from '../helpers/engine.ts';

let harness: Harness;
let workspace: string;
let one: Client;
let two: Client;
const anything = z.looseObject({});

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'scopegate-workspace-'));
  writeFileSync(join(workspace, 'note.txt'), 'hello');
  harness = await startEngine({
    servers: [
      { id: 'first', transport: fakeServer('paged-server.mjs', 'first'), trusted: false },
      { id: 'second', transport: fakeServer('paged-server.mjs', 'second'), trusted: false },
      { id: 'broken', transport: fakeServer('paged-server.mjs', 'broken', 'broken'), trusted: false },
      { id: 'every', transport: npmServer('everything'), trusted: false },
      { id: 'files', transport: npmServer('filesystem', workspace), trusted: false },
    ],
    agents: [
      declareAgent('one', tokens.one, { defaultEffect: 'allow' }),
      declareAgent('two', tokens.two, { tools: { 'second__*': 'allow', first__look: 'allow' } }),
    ],
  });
  one = await harness.connect(tokens.one);
  two = await harness.connect(tokens.two);
}, 60_000);

afterAll(async () => {
  await harness.stop();
  rmSync(workspace, { recursive: true, force: true });
});

async function allPages<T>(read: (cursor?: string) => Promise<{ items: T[]; nextCursor?: string | undefined }>) {
  const items: T[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.nextCursor;
    pages += 1;
  } while (cursor !== undefined && pages < 20);
  return { items, pages };
}

const promptsOf = (client: Client) =>
  allPages(async (cursor) => {
    const { prompts, nextCursor } = await client.listPrompts(cursor === undefined ? {} : { cursor });
    return { items: prompts, nextCursor };
  });
const resourcesOf = (client: Client) =>
  allPages(async (cursor) => {
    const { resources, nextCursor } = await client.listResources(cursor === undefined ? {} : { cursor });
    return { items: resources, nextCursor };
  });

describe('what an agent is told of the gateway', () => {
  it('has the capabilities of every server it sees, and their words under their names', () => {
    expect(one.getServerCapabilities()).toMatchObject({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      completions: {},
      logging: {},
      experimental: { acme: { level: 3 } },
    });
    // a task is found by its id; whose list would be given, nothing tells
    expect(one.getServerCapabilities()?.tasks).toEqual({ cancel: {}, requests: { tools: { call: {} } } });
    expect(one.getInstructions()).toContain('## first\n\nWords of first');
    expect(two.getInstructions()).not.toContain('everything');
  });
});

describe('prompts', () => {
  it('come from all servers, page by page, under one cursor', async () => {
    const { items, pages } = await promptsOf(one);
    const names = items.map((prompt) => prompt.name);
    expect(pages).toBeGreaterThan(2);
    expect(names).toEqual(expect.arrayContaining(['first__alpha', 'second__delta', 'every__simple-prompt']));
    expect(names.find((name) => name.startsWith('first__with_space_'))).toMatch(/_[0-9a-f]{8}$/);
    expect(new Set(names).size).toBe(names.length);
    // the official client drops members it does not know, so they are read without its schema
    const raw = await one.request({ method: 'prompts/list' }, z.looseObject({ prompts: z.array(anything) }));
    expect(raw.prompts.find((prompt) => prompt.name === 'first__beta')).toMatchObject({
      description: 'beta of first',
      'acme/extra': { kept: true },
    });
  });

  it('are got from their server under its own name, with a decision row and an outcome row', async () => {
    const result = await one.getPrompt({ name: 'second__gamma', arguments: { x: '7' } });
    expect(result.messages[0]?.content).toMatchObject({ text: 'second:gamma:7' });
    expect(result['acme/more']).toBe(true);
    const reader = openReader({ file: join(harness.dir, 'scopegate.db') });
    const row = reader.settledCalls(null, 50).find((entry) => entry.tool === 'prompts/get gamma');
    const events = reader.callRows(row?.callId ?? '').map((entry) => entry.event);
    reader.close();
    expect(events).toEqual(['call.decided', 'call.settled']);
    expect(row).toMatchObject({ serverId: 'second', outcome: 'ok', subject: 'prompt: x 7' });
  });

  it('answer a prompt of a blocked server and one that does not exist alike (security)', async () => {
    const error = (name: string) =>
      two.getPrompt({ name }).then(
        () => null,
        (reason: { code: number; message: string }) => [reason.code, reason.message.replace(name, 'NAME')],
      );
    expect(await error('first__alpha')).toEqual(await error('first__nothing'));
    expect((await promptsOf(two)).items.every((prompt) => prompt.name.startsWith('second__'))).toBe(true);
  });

  it('refuse a cursor that was made for another agent (security)', async () => {
    const { nextCursor } = await one.listPrompts();
    await expect(two.listPrompts({ cursor: nextCursor ?? '' })).rejects.toThrow('Invalid cursor');
    await expect(one.listResources({ cursor: nextCursor ?? '' })).rejects.toThrow('Invalid cursor');
  });
});

describe('resources', () => {
  it('keep their addresses and get a prefix only where two servers have the same', async () => {
    const { items } = await resourcesOf(one);
    const uris = items.map((resource) => resource.uri);
    expect(uris).toEqual(
      expect.arrayContaining(['first://a', 'second://c', 'shared://thing', 'sg-second+shared://thing']),
    );
    const read = (uri: string) => one.readResource({ uri }).then((result) => result.contents[0]);
    expect(await read('second://c')).toMatchObject({ text: 'second reads second://c' });
    expect(await read('shared://thing')).toMatchObject({ text: 'first reads shared://thing' });
    expect(await read('sg-second+shared://thing')).toMatchObject({
      uri: 'sg-second+shared://thing',
      text: 'second reads shared://thing',
    });
  });

  it('leave a server out whose list fails, and show the person why', async () => {
    const { items } = await resourcesOf(one);
    expect(items.length).toBeGreaterThan(4);
    const broken = (await harness.call('snapshot', {})).servers.find((server) => server.id === 'broken');
    expect(broken).toMatchObject({ status: 'failing' });
    expect(broken?.lastError?.detail).toContain('on fire');
  });

  it('are read by a template, by a link in a result, and by the page of a tool', async () => {
    const { resourceTemplates } = await one.listResourceTemplates();
    expect(resourceTemplates.map((template) => template.uriTemplate)).toContain('first-item://{id}');
    const read = (uri: string) => one.readResource({ uri }).then((result) => result.contents[0]);
    expect(await read('second-item://9')).toMatchObject({ text: 'second reads second-item://9' });
    await one.callTool({ name: 'first__look', arguments: {} });
    expect(await read('first-seen://1')).toMatchObject({ text: 'first reads first-seen://1' });
    const { tools } = await one.listTools();
    const pageOf = (name: string) => tools.find((tool) => tool.name === name)?._meta?.ui;
    expect(pageOf('first__look')).toEqual({ resourceUri: 'ui://app/main.html' });
    expect(pageOf('second__look')).toEqual({ resourceUri: 'ui://sg-second.app/main.html' });
    expect(await read('ui://app/main.html')).toMatchObject({ text: 'first reads ui://app/main.html' });
    expect(await read('ui://sg-second.app/main.html')).toMatchObject({ text: 'second reads ui://app/main.html' });
  });

  it('answer an address nobody listed, and one of a blocked server, as missing (security)', async () => {
    const error = (uri: string) =>
      two.readResource({ uri }).then(
        () => null,
        (reason: { code: number; message: string }) => [reason.code, reason.message.replace(uri, 'URI')],
      );
    const missing = await error('first://a');
    expect(missing?.[0]).toBe(-32002);
    expect(await error('nowhere://a')).toEqual(missing);
  });

  it('tell a session that subscribed of updates, and no other', async () => {
    const seen: string[] = [];
    const other: string[] = [];
    one.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void seen.push(params.uri));
    two.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void other.push(params.uri));
    await resourcesOf(one);
    await one.subscribeResource({ uri: 'sg-second+shared://thing' });
    await one.subscribeResource({ uri: 'first://a' });
    await one.unsubscribeResource({ uri: 'first://a' });
    await one.subscribeResource({ uri: 'first://a' });
    await vi.waitFor(() => expect(seen).toContain('first://a'));
    expect(other).toEqual([]);
  });
});

describe('completion', () => {
  it('goes to the server of the prompt or template, under its own name', async () => {
    const prompt = await one.complete({
      ref: { type: 'ref/prompt', name: 'second__alpha' },
      argument: { name: 'x', value: 'v' },
    });
    expect(prompt.completion.values).toEqual(['second/alpha/v']);
    await one.listResourceTemplates();
    const template = await one.complete({
      ref: { type: 'ref/resource', uri: 'first-item://{id}' },
      argument: { name: 'id', value: 'w' },
    });
    expect(template.completion.values).toEqual(['first/first-item://{id}/w']);
    await expect(
      two.complete({ ref: { type: 'ref/prompt', name: 'first__alpha' }, argument: { name: 'x', value: '' } }),
    ).rejects.toThrow(/Unknown prompt/);
  });
});

describe('the path of one server', () => {
  it('has that server alone, under its own names, with everything it says of itself', async () => {
    const alone = await harness.connect(tokens.one, { server: 'first' });
    expect(alone.getServerCapabilities()).toMatchObject({ experimental: { acme: { level: 3 } } });
    expect(alone.getInstructions()).toBe('Words of first');
    expect((await alone.listTools()).tools.map((tool) => tool.name)).toEqual(['look']);
    expect((await promptsOf(alone)).items.map((prompt) => prompt.name)).toContain('with space');
    const result = await alone.callTool({ name: 'look', arguments: {} });
    expect(result['acme/more']).toEqual([null, { deep: 'ü' }]);
    expect((await alone.getPrompt({ name: 'alpha' })).messages[0]?.content).toMatchObject({ text: 'first:alpha:' });
  });

  it('passes methods no specification names, with every member', async () => {
    const alone = await harness.connect(tokens.one, { server: 'second' });
    const result = await alone.request({ method: 'acme/echo', params: { 'acme/x': [1, { y: null }] } }, anything);
    expect(result).toMatchObject({ echoed: { 'acme/x': [1, { y: null }] }, 'acme/number': 1000 });
    const { calls } = await harness.call('snapshot', {});
    expect(calls[0]).toMatchObject({ tool: 'acme/echo', serverId: 'second', outcome: 'ok' });
  });

  it('does not exist where the agent may use nothing of the server (security)', async () => {
    await expect(harness.connect(tokens.two, { server: 'every' })).rejects.toThrow('nothing at this address');
    await expect(harness.connect(tokens.two, { server: 'nothing' })).rejects.toThrow('nothing at this address');
  });
});

describe('real servers', () => {
  it('list and read resources, get prompts and complete', async () => {
    const { items } = await resourcesOf(one);
    const first = items.find((resource) => resource.uri.startsWith('demo://'));
    expect(first).toBeDefined();
    expect((await one.readResource({ uri: first?.uri ?? '' })).contents).toHaveLength(1);
    const prompt = await one.getPrompt({ name: 'every__args-prompt', arguments: { city: 'Paris' } });
    expect(JSON.stringify(prompt.messages)).toContain('Paris');
    const completion = await one.complete({
      ref: { type: 'ref/prompt', name: 'every__completable-prompt' },
      argument: { name: 'department', value: 'E' },
    });
    expect(completion.completion.values).toContain('Engineering');
    expect(textOf(await one.callTool({ name: 'files__list_directory', arguments: { path: workspace } }))).toContain(
      'note.txt',
    );
  });
});
