import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, vi } from 'vitest';
import type { AskAnswer, ExchangeHandler } from '../../../electron/engine/exchange.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { one, startRig, tokenOfOne } from './support.ts';

const tools = [
  {
    name: 'demo__count',
    description: 'Counts.',
    inputSchema: { type: 'object', properties: { city: { type: 'string', 'x-mcp-header': 'City' } } },
  },
];
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

const handle: ExchangeHandler = async (exchange) => {
  const { method, params } = exchange;
  if (method === 'tools/list') return { kind: 'result', result: { tools } };
  if (method === 'resources/subscribe') return { kind: 'result', result: {} };
  if (params.name === 'demo__wait') {
    return new Promise((resolve) =>
      exchange.signal.addEventListener('abort', () => resolve({ kind: 'result', result: {} })),
    );
  }
  if (params.name === 'demo__ask') {
    const asked: Promise<AskAnswer>[] = [
      exchange.ask('elicitation/create', { message: 'Who?', requestedSchema: schema }),
      exchange.ask('roots/list', {}),
    ];
    const text = JSON.stringify(await Promise.all(asked));
    return { kind: 'result', result: { content: [{ type: 'text', text }] } };
  }
  const progressToken = (params._meta as JsonObject).progressToken ?? null;
  for (const progress of [1, 2, 3]) exchange.notify('notifications/progress', { progressToken, progress, total: 3 });
  return { kind: 'result', result: { content: [{ type: 'text', text: 'counted' }] } };
};

const hello = async () => ({
  capabilities: { tools: { listChanged: true }, resources: { subscribe: true } },
  instructions: 'Be kind.',
});
const toolSchema = () => tools[0]?.inputSchema as unknown as JsonObject;
const requestInit = { headers: { Authorization: `Bearer ${tokenOfOne}` } };

describe.each([
  ['pinned to the modern era', { pin: '2026-07-28' }],
  ['that takes the newest era it finds', 'auto'],
] as const)('the official client %s', (_name, mode) => {
  it('discovers, lists, calls with progress and headers, answers questions, listens and cancels', async () => {
    const { listener, exchanges, sessions } = await startRig({ handle, overrides: { hello, toolSchema } });
    const client = new Client(
      { name: 'official', version: '2' },
      { versionNegotiation: { mode }, capabilities: { elicitation: {}, roots: {} } },
    );
    client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { name: 'Ada' } }));
    client.setRequestHandler('roots/list', async () => ({ roots: [{ uri: 'file:///home' }] }));
    const changed = vi.fn();
    const updated = vi.fn();
    client.setNotificationHandler('notifications/tools/list_changed', changed);
    client.setNotificationHandler('notifications/resources/updated', updated);
    await client.connect(new StreamableHTTPClientTransport(new URL(listener.url), { requestInit }));
    expect(client.getInstructions()).toBe('Be kind.');
    expect(client.getServerCapabilities()).toMatchObject({ tools: { listChanged: true } });
    expect((await client.listTools()).tools).toEqual(tools);

    const progress: number[] = [];
    const counted = await client.callTool(
      { name: 'demo__count', arguments: { city: 'Köln' } },
      { onprogress: (step) => void progress.push(step.progress) },
    );
    expect(counted.content).toEqual([{ type: 'text', text: 'counted' }]);
    expect(progress).toEqual([1, 2, 3]);
    expect(exchanges.at(-1)).toMatchObject({ era: 'modern', session: { clientInfo: { name: 'official' } } });

    const before = exchanges.length;
    const asked = await client.callTool({ name: 'demo__ask', arguments: {} });
    expect(JSON.parse((asked.content as { text: string }[])[0]?.text ?? '')).toMatchObject([
      { kind: 'result', result: { action: 'accept', content: { name: 'Ada' } } },
      { kind: 'result', result: { roots: [{ uri: 'file:///home' }] } },
    ]);
    expect(exchanges).toHaveLength(before + 1);

    const subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['demo:a'] });
    expect(subscription.honoredFilter).toEqual({ toolsListChanged: true, resourceSubscriptions: ['demo:a'] });
    listener.notify(one.id, 'notifications/tools/list_changed');
    listener.notify(one.id, 'notifications/resources/updated', { uri: 'demo:a' });
    await vi.waitFor(() => expect([changed, updated].every((handler) => handler.mock.calls.length === 1)).toBe(true));

    const abort = new AbortController();
    const waiting = client.callTool({ name: 'demo__wait' }, { signal: abort.signal });
    waiting.catch(() => undefined);
    await vi.waitFor(() => expect(exchanges.at(-1)?.params.name).toBe('demo__wait'));
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await vi.waitFor(() => expect(exchanges.at(-1)?.signal.aborted).toBe(true));

    listener.endAgent(one.id);
    expect(await subscription.closed).toBe('graceful');
    expect(sessions).toEqual(['opened One', 'ended One']);
    await client.close();
  });

  it('waits in rounds for a person without noticing them', async () => {
    let decide = (): void => undefined;
    const { listener, exchanges } = await startRig({
      limits: { waitRoundMs: 20 },
      handle: (exchange) => {
        exchange.setWaiting(true);
        return new Promise((resolve) => {
          decide = () => resolve({ kind: 'result', result: { content: [{ type: 'text', text: 'approved' }] } });
        });
      },
    });
    const client = new Client({ name: 'official', version: '2' }, { versionNegotiation: { mode } });
    const transport = new StreamableHTTPClientTransport(new URL(listener.url), { requestInit });
    const posts = vi.spyOn(transport, 'send');
    await client.connect(transport);
    const result = client.callTool({ name: 'demo__count', arguments: {} });
    await vi.waitFor(() => expect(posts.mock.calls.length).toBeGreaterThan(3), { timeout: 5000 });
    decide();
    expect((await result).content).toEqual([{ type: 'text', text: 'approved' }]);
    expect(exchanges).toHaveLength(1);
    await client.close();
  });
});

describe('the official client in its legacy mode', () => {
  it('is asked on its stream', async () => {
    const { listener, exchanges } = await startRig({ handle });
    const client = new Client({ name: 'official', version: '2' }, { capabilities: { elicitation: {}, roots: {} } });
    client.setRequestHandler('elicitation/create', async () => ({ action: 'decline' }));
    client.setRequestHandler('roots/list', async () => ({ roots: [] }));
    await client.connect(new StreamableHTTPClientTransport(new URL(listener.url), { requestInit }));
    const asked = await client.callTool({ name: 'demo__ask', arguments: {} });
    expect(JSON.stringify(asked.content)).toContain('decline');
    expect(exchanges.at(-1)?.era).toBe('legacy');
    await client.close();
  });
});
