import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BridgeMethod, BridgeParams, BridgeResult } from '../../electron/shared/index.ts';
import { openElectronBench, type StartedApp, startApp } from '../helpers/electron.ts';
import { npmServer, textOf } from '../helpers/engine.ts';

const bench = await openElectronBench();
let started: StartedApp;
let main: Page;
let agent: Client;

beforeAll(async () => {
  if ('missing' in bench) return;
  started = await startApp(bench);
  main = await started.page('index.html');
  await addServer();
  agent = await connectAgent();
});
afterAll(async () => {
  if ('missing' in bench) return;
  await agent?.close();
  await started?.close();
  await bench.desktop.stop();
});
beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

/** One request over the app's own bridge, from its own page. */
async function ask<M extends BridgeMethod>(method: M, params: BridgeParams<M>): Promise<BridgeResult<M>> {
  const answer = await main.evaluate(
    (request) => {
      const bridge = Reflect.get(window, 'scopegate') as { request(request: object): Promise<unknown> };
      return bridge.request(request);
    },
    { id: 1, method, params } as object,
  );
  const { ok, value, error } = answer as { ok: boolean; value: unknown; error?: { message: string } };
  if (!ok) throw new Error(error?.message);
  return value as BridgeResult<M>;
}

async function addServer(): Promise<void> {
  const transport = npmServer('everything', 'stdio');
  await ask('servers.add', { id: 'every', name: 'Everything', transport, trusted: false });
  const tools = await vi.waitFor(
    async () => {
      const found = (await ask('servers.tools', { id: 'every' })).tools;
      expect(found.length).toBeGreaterThan(0);
      return found;
    },
    { timeout: 20_000, interval: 200 },
  );
  await ask('servers.accept', {
    id: 'every',
    tools: tools.map(({ name, definitionHash }) => ({ name, definitionHash })),
  });
}

async function connectAgent(): Promise<Client> {
  const { token } = await ask('agents.create', { name: 'Claude Code', defaultEffect: 'ask' });
  const { engine } = await ask('snapshot', {});
  const client = new Client({ name: 'test-agent', version: '1.0.0' });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(engine.mcpUrl ?? ''), { requestInit }) as never);
  return client;
}

const echo = (message: string) => agent.callTool({ name: 'every__echo', arguments: { message } });

interface WindowFacts {
  title: string;
  visible: boolean;
  focused: boolean;
  onTop: boolean;
  size: number[];
}

async function readWindow(title: string): Promise<WindowFacts | undefined> {
  const all: WindowFacts[] = await started.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({
      title: window.getTitle(),
      visible: window.isVisible(),
      focused: window.isFocused(),
      onTop: window.isAlwaysOnTop(),
      size: window.getSize(),
    })),
  );
  return all.find((window) => window.title === title);
}

const approvalTitle = 'ScopeGate: approval';
const waitFor = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 100 });
const waitUntilVisible = (visible: boolean) =>
  waitFor(async () => expect((await readWindow(approvalTitle))?.visible ?? false).toBe(visible));

/** Presses a button of the card once it has armed. */
async function decide(name: 'Deny' | 'Approve once'): Promise<void> {
  const card = await started.page('approval.html');
  const button = card.getByRole('button', { name, exact: true, disabled: false });
  await button.waitFor();
  await button.click();
}

describe('an approval in Electron', () => {
  test('appears over other windows without taking the keyboard (security)', async () => {
    await waitFor(async () => expect(await readWindow('ScopeGate')).toMatchObject({ visible: true, focused: true }));
    const call = echo('first');
    await expect.poll(() => readWindow(approvalTitle)).toMatchObject({ visible: true, onTop: true, size: [520, 684] });
    expect(await readWindow(approvalTitle)).toMatchObject({ focused: false });
    expect(await readWindow('ScopeGate')).toMatchObject({ focused: true });

    const card = await started.page('approval.html');
    await card.getByText('first', { exact: false }).first().waitFor();
    await decide('Deny');
    expect((await call).isError).toBe(true);
    await waitUntilVisible(false);
  });

  test('lets exactly the approved call through (security)', async () => {
    const call = echo('let me through');
    await waitUntilVisible(true);
    await decide('Approve once');
    expect(textOf(await call)).toContain('let me through');
    await waitUntilVisible(false);

    // The very same call again, and another one: each is asked anew.
    for (const message of ['let me through', 'something else']) {
      const next = echo(message);
      await waitUntilVisible(true);
      await decide('Deny');
      expect((await next).isError).toBe(true);
      await waitUntilVisible(false);
    }
  });

  test('is put away by Later, still waiting, and comes back with the next one', async () => {
    const first = echo('later');
    await waitUntilVisible(true);
    const card = await started.page('approval.html');
    await card.getByRole('button', { name: 'Deny', exact: true, disabled: false }).waitFor();
    await card.keyboard.press('Escape');
    await waitUntilVisible(false);
    expect((await ask('snapshot', {})).approvals.filter(({ status }) => status === 'pending')).toHaveLength(1);

    const second = echo('now');
    await waitUntilVisible(true);
    for (const { id, digest } of (await ask('snapshot', {})).approvals) {
      await ask('approvals.decide', {
        id,
        digest,
        verdict: 'deny',
        denyReason: null,
        denyNote: null,
        input: 'menu',
        shownAt: Date.now(),
        armedAt: null,
      });
    }
    expect([(await first).isError, (await second).isError]).toEqual([true, true]);
    await waitUntilVisible(false);
  });

  test('is told by a notification that shows no argument, and can be denied in the tray (security)', async () => {
    await started.app.evaluate(({ Menu, Notification }) => {
      const told: string[] = [];
      Reflect.set(globalThis, 'told', told);
      Notification.prototype.show = function show(this: Electron.Notification) {
        told.push(`${this.title}\n${this.body}`);
      };
      const build = Menu.buildFromTemplate;
      Menu.buildFromTemplate = (template) => {
        const menu = build(template);
        Reflect.set(globalThis, 'trayMenu', menu);
        return menu;
      };
    });
    const call = echo('hunter2');
    await waitUntilVisible(true);

    const told = () => started.app.evaluate(() => Reflect.get(globalThis, 'told') as string[]);
    await expect.poll(told).toEqual(['Claude Code wants to use echo\nIt waits for your answer in ScopeGate.']);
    const items = () =>
      started.app.evaluate(() => {
        const item = (Reflect.get(globalThis, 'trayMenu') as Electron.Menu | undefined)?.items[1];
        return [item?.label, ...(item?.submenu?.items.map(({ label }) => label) ?? [])];
      });
    // echo only reads, so it may be approved there; nothing else may
    await expect.poll(items).toEqual(['Claude Code → echo', 'Review…', 'Deny', 'Approve once']);

    await started.app.evaluate(() => {
      const item = (Reflect.get(globalThis, 'trayMenu') as Electron.Menu).items[1];
      item?.submenu?.items.find(({ label }) => label === 'Deny')?.click();
    });
    expect((await call).isError).toBe(true);
    await waitUntilVisible(false);
  });

  test('is made anew, with what still waits, when its page dies', async () => {
    const call = echo('survivor');
    await waitUntilVisible(true);
    const before = await started.app.evaluate(({ BrowserWindow }, title) => {
      const window = BrowserWindow.getAllWindows().find((one) => one.getTitle() === title);
      window?.webContents.forcefullyCrashRenderer();
      return window?.id;
    }, approvalTitle);
    await waitFor(async () => {
      const windows = await started.app.evaluate(({ BrowserWindow }, title) => {
        const all = BrowserWindow.getAllWindows().filter((one) => one.getTitle() === title);
        return all.map((window) => ({ id: window.id, visible: window.isVisible(), focused: window.isFocused() }));
      }, approvalTitle);
      expect(windows).toEqual([{ id: expect.any(Number), visible: true, focused: false }]);
      expect(windows[0]?.id).not.toBe(before);
    });
    const card = await started.page('approval.html');
    await card.getByText('survivor', { exact: false }).first().waitFor();
    await decide('Deny');
    expect((await call).isError).toBe(true);
    await waitUntilVisible(false);
  });

  test('has the person asked before the app quits, who may stay', async () => {
    await started.app.evaluate(({ dialog }) => {
      dialog.showMessageBox = async (...args: unknown[]) => {
        Reflect.set(globalThis, 'asked', args[0]);
        return { response: 1, checkboxChecked: false };
      };
    });
    await started.app.evaluate(({ app }) => app.quit());
    await waitFor(async () => {
      const asked = await started.app.evaluate(() => Reflect.get(globalThis, 'asked'));
      expect(asked).toMatchObject({ message: 'An agent is connected.', buttons: ['Quit', 'Stay'] });
    });
    expect((await ask('snapshot', {})).engine.state).toBe('running');
  });

  test.skipIf(process.platform === 'win32')(
    'lets the system end the app unasked, and no child outlives it',
    async () => {
      const { servers } = await ask('snapshot', {});
      const pid = servers[0]?.pid;
      if (typeof pid !== 'number') throw new Error('the server does not run');
      const call = echo('never answered').then(
        (result) => result.isError,
        () => true,
      );
      await waitUntilVisible(true);

      const app = started.child;
      const ended = once(app, 'exit');
      app.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(await call).toBe(true);
      await waitFor(async () => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
    },
  );
});
