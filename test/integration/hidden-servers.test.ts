import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../helpers/engine.ts';

const anything = z.looseObject({});
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(options: Parameters<typeof startEngine>[0]): Promise<Harness> {
  const harness = await startEngine(options);
  stops.push(() => harness.stop());
  return harness;
}

/** Two servers whose tools have a page, and whose lists have a resource, of the same address. */
async function agentOf(hasHidden: boolean, tools: Record<string, 'allow'>) {
  const hidden = { id: 'ahidden', transport: fakeServer('app-server.mjs', 'ahidden', 'file:///a'), trusted: false };
  const page = { id: 'apage', transport: fakeServer('app-server.mjs', 'apage', 'ui://app/main'), trusted: false };
  const open = { id: 'open', transport: fakeServer('app-server.mjs', 'open', 'ui://app/main'), trusted: false };
  const harness = await start({
    servers: [...(hasHidden ? [hidden, page] : []), open],
    agents: [declareAgent('one', tokens.one, { tools })],
  });
  const client = await harness.connect(tokens.one);
  const read = (uri: string) =>
    client.readResource({ uri }).then(
      (result) => result.contents[0],
      (error: Error) => error.message,
    );
  return { client, read };
}

describe('pages of servers an agent does not see', () => {
  it('change neither its lists nor what it reads (security)', async () => {
    const seen = [];
    for (const hasHidden of [false, true]) {
      const { client, read } = await agentOf(hasHidden, { 'open__*': 'allow' });
      const { tools } = await client.listTools();
      const before = await read('ui://app/main');
      const { resources } = await client.listResources();
      seen.push({ tools, before, resources, read: await read('file:///a'), page: await read('ui://app/main') });
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({
      read: { text: 'open reads file:///a' },
      page: { text: 'open reads ui://app/main' },
    });
  });

  it('are told apart where it sees both, and take no listed address over (security)', async () => {
    const { client, read } = await agentOf(true, { 'open__*': 'allow', 'ahidden__*': 'allow', 'apage__*': 'allow' });
    const { tools } = await client.listTools();
    const pages = tools.map((tool) => (tool._meta?.ui as { resourceUri?: string } | undefined)?.resourceUri);
    expect(pages).toEqual(['file:///a', 'ui://app/main', 'ui://sg-open.app/main']);
    expect(await read('ui://app/main')).toMatchObject({ text: 'apage reads ui://app/main' });
    expect(await read('ui://sg-open.app/main')).toMatchObject({ text: 'open reads ui://app/main' });
  });
});

describe('a method that no header can hold', () => {
  it('is refused as an invalid request before anything is sent (security)', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'scopegate-methods-'));
    stops.push(() => rmSync(dir, { recursive: true, force: true }));
    const log = join(dir, 'log');
    const harness = await start({
      servers: [{ id: 'only', transport: fakeServer('app-server.mjs', 'only', 'ui://x', log), trusted: false }],
      agents: [declareAgent('one', tokens.one, { defaultEffect: 'allow' })],
    });
    const client = await harness.connect(tokens.one, { server: 'only' });
    for (const method of ['acme/é', 'acme/\r\nx-evil: 1', ' acme/pad', 'acme/中'])
      await expect(client.request({ method, params: {} } as never, anything)).rejects.toMatchObject({ code: -32600 });
    expect(await client.request({ method: 'acme/ok', params: {} } as never, anything)).toMatchObject({ ok: true });
    expect(readFileSync(log, 'utf8').match(/acme[^"]*/g)).toEqual(['acme/ok']);
  });
});

/** An agent of the store, which can be changed, and two servers. */
async function storedAgent() {
  const harness = await start({
    servers: ['a', 'b'].map((id) => ({ id, transport: fakeServer('app-server.mjs', id), trusted: false })),
  });
  const { agent, token } = await harness.call('agents.create', { name: 'Stored', defaultEffect: 'allow' });
  return { harness, id: agent.id, token };
}

describe('a limit for each tool', () => {
  it('holds for all vendor methods of a server together, whatever they are called (security)', async () => {
    const { harness, id, token } = await storedAgent();
    await harness.call('agents.update', { id, toolLimit: { count: 2, per: 'h' } });
    const client = await harness.connect(token, { server: 'a' });
    const call = (method: string) => client.request({ method, params: {} } as never, anything);
    await call('acme/ok');
    await expect(call('acme/2')).rejects.toMatchObject({ code: -32601 });
    await expect(call('acme/3')).rejects.not.toMatchObject({ code: -32601 });
    const reads = (uri: string) => client.readResource({ uri });
    await reads('x:1');
    await reads('x:2');
    await expect(reads('x:3')).rejects.toThrow();
  });
});

describe('a session on the path of one server', () => {
  it('does not hear that the tools of another changed (security)', async () => {
    const { harness, id, token } = await storedAgent();
    const heard: string[] = [];
    const listen = (name: string) => ({
      prepare: (client: Awaited<ReturnType<Harness['connect']>>) =>
        client.setNotificationHandler(ToolListChangedNotificationSchema, () => void heard.push(name)),
    });
    const wide = await harness.connect(token, listen('wide'));
    const narrow = await harness.connect(token, { server: 'b', ...listen('narrow') });
    await Promise.all([wide.listTools(), narrow.listTools()]);
    const block = (serverId: string) =>
      harness.call('grants.set', { changes: [{ agentId: id, serverId, toolName: 'look', effect: 'deny' }] });
    await vi.waitFor(async () => {
      heard.length = 0;
      await block('a');
      await vi.waitFor(() => expect(heard).toContain('wide'));
    });
    expect(heard).toEqual(['wide']);
    await block('b');
    await vi.waitFor(() => expect(heard).toContain('narrow'));
  });
});
