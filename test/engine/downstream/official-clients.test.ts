import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, vi } from 'vitest';
import type { ExchangeHandler } from '../../../electron/engine/exchange.ts';
import type { JsonObject } from '../../../electron/engine/wire/json-rpc.ts';
import { manualHandler, one, startRig, tokenOfOne } from './support.ts';

const tools = [{ name: 'demo__count', description: 'Counts.', inputSchema: { type: 'object' } }];

const handle: ExchangeHandler = async (exchange) => {
  if (exchange.method === 'tools/list') return { kind: 'result', result: { tools } };
  const { name, _meta } = exchange.params as { name: string; _meta?: JsonObject };
  if (name === 'demo__wait')
    return new Promise((resolve) =>
      exchange.signal.addEventListener('abort', () => resolve({ kind: 'result', result: {} })),
    );
  const progressToken = _meta?.progressToken;
  if (progressToken !== undefined) {
    for (const progress of [1, 2, 3]) exchange.notify('notifications/progress', { progressToken, progress, total: 3 });
  }
  return { kind: 'result', result: { content: [{ type: 'text', text: 'counted' }] } };
};

const requestInit = { headers: { Authorization: `Bearer ${tokenOfOne}` } };

describe('the official client', () => {
  it('initializes, lists, calls with progress, hears of changes, cancels and ends its session', async () => {
    const { listener, exchanges, sessions } = await startRig({ handle });
    const transport = new StreamableHTTPClientTransport(new URL(listener.url), { requestInit });
    const client = new Client({ name: 'official', version: '1' });
    const changed = vi.fn();
    client.setNotificationHandler(ToolListChangedNotificationSchema, changed);
    await client.connect(transport);
    expect(client.getServerVersion()?.name).toBe('scopegate');
    expect(client.getInstructions()).toBe('Be kind.');
    expect((await client.listTools()).tools).toEqual(tools);
    const progress: number[] = [];
    const result = await client.callTool({ name: 'demo__count', arguments: {} }, undefined, {
      onprogress: (step) => void progress.push(step.progress),
    });
    expect(result.content).toEqual([{ type: 'text', text: 'counted' }]);
    expect(progress).toEqual([1, 2, 3]);
    await client.ping();
    await vi.waitFor(() => {
      listener.notify(one.id, 'notifications/tools/list_changed');
      expect(changed).toHaveBeenCalled();
    });
    const abort = new AbortController();
    const waiting = client.callTool({ name: 'demo__wait' }, undefined, { signal: abort.signal });
    waiting.catch(() => undefined);
    await vi.waitFor(() => expect(exchanges.at(-1)?.params.name).toBe('demo__wait'));
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await vi.waitFor(() => expect(exchanges.at(-1)?.signal.aborted).toBe(true));
    expect(exchanges[0]?.session?.clientInfo).toEqual({ name: 'official', version: '1' });
    await transport.terminateSession();
    await client.close();
    expect(sessions).toEqual(['opened One', 'ended One']);
  });

  it('is told plainly when its token is wrong', async () => {
    const { listener } = await startRig({ handle });
    const transport = new StreamableHTTPClientTransport(new URL(listener.url));
    await expect(new Client({ name: 'official', version: '1' }).connect(transport)).rejects.toThrow(/bearer token/);
  });

  it('picks a call up again after its connection was lost', async () => {
    const { handle: wait, reply, waiting } = manualHandler();
    const { listener, exchanges } = await startRig({ handle: wait });
    const lines: AbortController[] = [];
    const resumed: (string | null)[] = [];
    const transport = new StreamableHTTPClientTransport(new URL(listener.url), {
      requestInit,
      fetch: (url, init) => {
        const line = new AbortController();
        if (init?.method === 'POST') lines.push(line);
        resumed.push(new Headers(init?.headers).get('last-event-id'));
        return fetch(url, { ...init, signal: line.signal });
      },
    });
    const client = new Client({ name: 'official', version: '1' });
    await client.connect(transport);
    const steps: number[] = [];
    const result = client.callTool({ name: 'demo__count' }, undefined, {
      onprogress: (step) => void steps.push(step.progress),
    });
    await vi.waitFor(() => expect(waiting.size).toBe(1));
    const [exchange] = exchanges;
    const { progressToken = null } = (exchange?.params._meta ?? {}) as JsonObject;
    exchange?.notify('notifications/progress', { progressToken, progress: 1 });
    await vi.waitFor(() => expect(steps).toEqual([1]));
    lines.at(-1)?.abort();
    exchange?.notify('notifications/progress', { progressToken, progress: 2 });
    reply(exchange?.id ?? 0, { content: [{ type: 'text', text: 'after all' }] });
    expect((await result).content).toEqual([{ type: 'text', text: 'after all' }]);
    expect(steps).toEqual([1, 2]);
    expect(resumed.at(-1)).toMatch(/^\d+-1$/);
    await client.close();
  });
});
