import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernStdio } from '@modelcontextprotocol/client/stdio';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fixtureOverStdio, type Gateway, startOpenGateway } from '../conformance/start-gateway.ts';
import { npmServer, textOf } from '../helpers/engine.ts';
import { patient } from '../helpers/gateway.ts';
import { connectCommand } from './connect-support.ts';

let gateway: Gateway;
beforeAll(async () => {
  const servers = { every: npmServer('everything'), modern: fixtureOverStdio('modern') };
  gateway = await startOpenGateway(servers, ['one']);
}, 120_000);
afterAll(() => gateway.stop());

describe('the official stdio client of the first generation, through scopegate connect', () => {
  it('calls with progress, is asked, logs, cancels and ends its session', async () => {
    const client = new Client({ name: 'first', version: '1' }, { capabilities: { elicitation: {}, roots: {} } });
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada', check: true } }));
    const logged = vi.fn();
    client.setNotificationHandler(LoggingMessageNotificationSchema, logged);
    const command = connectCommand(gateway.harness.url, gateway.tokenOf('one'));
    await client.connect(new StdioClientTransport(command) as never);
    expect((await client.listTools()).tools.length).toBeGreaterThan(10);
    const progress: number[] = [];
    const slow = 'every__trigger-long-running-operation';
    await client.callTool({ name: slow, arguments: { duration: 1, steps: 3 } }, undefined, {
      onprogress: (step) => void progress.push(step.progress),
    });
    // this client drops a notice that reaches it in one piece with the result, so the last one may be missing
    expect(progress.slice(0, 2)).toEqual([1, 2]);
    expect(textOf(await client.callTool({ name: 'every__trigger-elicitation-request', arguments: {} }))).toContain(
      'Ada',
    );
    expect((await client.listResources()).resources.length).toBeGreaterThan(0);
    expect((await client.getPrompt({ name: 'every__simple-prompt' })).messages).toHaveLength(1);

    const abort = new AbortController();
    const waiting = client.callTool({ name: slow, arguments: { duration: 60, steps: 1 } }, undefined, {
      signal: abort.signal,
    });
    waiting.catch(() => {});
    const isRunning = async () => {
      const { calls } = await gateway.harness.call('snapshot', {});
      return calls.some(({ status }) => status === 'running');
    };
    await vi.waitFor(async () => expect(await isRunning()).toBe(true), patient);
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await vi.waitFor(async () => expect(await isRunning()).toBe(false), patient);
    await client.close();
  }, 120_000);
});

describe.each(['legacy', 'auto', { pin: '2026-07-28' }] as const)(
  'the official stdio client of the second generation, %o, through scopegate connect',
  (mode) => {
    it('lists, calls, is asked and cancels', async () => {
      const client = new ModernClient(
        { name: 'second', version: '1' },
        { versionNegotiation: { mode }, capabilities: { elicitation: {}, roots: {} } },
      );
      client.setRequestHandler('elicitation/create', async () => ({
        action: 'accept',
        content: { name: 'Ada', check: true },
      }));
      client.setRequestHandler('roots/list', async () => ({ roots: [] }));
      const command = connectCommand(gateway.harness.url, gateway.tokenOf('one'));
      await client.connect(new ModernStdio(command));
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('every__echo');
      expect(textOf(await client.callTool({ name: 'every__echo', arguments: { message: 'hé' } }))).toBe('Echo: hé');
      expect(textOf(await client.callTool({ name: 'every__trigger-elicitation-request', arguments: {} }))).toContain(
        'Ada',
      );
      if (mode !== 'legacy') {
        const subscription = await client.listen({ toolsListChanged: true });
        expect(subscription.honoredFilter).toMatchObject({ toolsListChanged: true });
        await subscription.close();
      }
      await client.close();
    }, 120_000);
  },
);
