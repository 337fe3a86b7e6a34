import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import { runCli } from '../test/headless/run-cli.ts';
import { launchBrowser } from '../test/helpers/browser.ts';
import { openElectronBench, startApp } from '../test/helpers/electron.ts';
import { npmServer } from '../test/helpers/engine.ts';
import { readFrames, type TraceEvent } from './read-frames.ts';

/**
 * From an agent's call to its card painted, in a browser and in the desktop app's own window; and what a frame costs with
 * 200 questions waiting. The whole product runs: gateway, server, official client, Chromium.
 * Run: npm run bench
 */
const rounds = 25;
const warmUp = 3;
const agentCount = 40;
const cardsEach = 5;
const traceMs = 6_000;

function nameAgent(index: number): string {
  return `agent-${index}`;
}

function tokenOf(index: number): string {
  return `${nameAgent(index)}-`.padEnd(40, 'x');
}

async function connect(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }) as never);
  return client;
}

function clock(): number {
  return performance.timeOrigin + performance.now();
}

/** Notes when the card that holds a text was first painted: after the frame that drew it. */
async function watchForCard(page: Page, marker: string): Promise<number> {
  await page.evaluate((text) => {
    const holder = window as unknown as { painted: Promise<number> };
    holder.painted = new Promise((resolve) => {
      const look = () => {
        if (document.querySelector('.card .tree')?.textContent?.includes(text) !== true) return;
        observer.disconnect();
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
          port2.postMessage(null);
        });
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  }, marker);
  return page.evaluate(() => (window as unknown as { painted: Promise<number> }).painted);
}

/** Milliseconds of each round. `page`: where the card comes up; `shownSince`: when its window was shown after that time. */
async function timeCards(
  page: Page,
  agent: Client,
  shownSince: (start: number) => Promise<number> = async (start) => start,
): Promise<number[]> {
  const took: number[] = [];
  for (let round = -warmUp; round < rounds; round += 1) {
    const marker = `round ${round} of the bench`;
    const painted = watchForCard(page, marker);
    // the watch must be in the page before the call leaves
    await page.waitForFunction(() => 'painted' in window);
    const start = clock();
    const call = agent.callTool({ name: 'every__echo', arguments: { message: marker } });
    const at = await await painted;
    const shownAt = await shownSince(start);
    if (round >= 0) took.push(Math.max(at, shownAt) - start);
    await page.getByRole('button', { name: 'Deny', exact: true }).and(page.locator('[aria-disabled=false]')).click();
    await call;
    await page.waitForFunction((text) => document.querySelector('.card')?.textContent?.includes(text) !== true, marker);
    await page.evaluate(() => Reflect.deleteProperty(window, 'painted'));
  }
  return took.sort((a, b) => a - b);
}

function report(name: string, sorted: readonly number[], goal: string): void {
  const at = (part: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
  console.log(`${name.padEnd(44)} ${at(0.5).padStart(8)} ${at(0.95).padStart(8)} ${at(1).padStart(8)}   ${goal}`);
}

interface Host {
  mcp: string;
  link: string;
  stop(): Promise<void>;
}

async function startHost(): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-bench-'));
  const names = Array.from({ length: agentCount }, (_, index) => index);
  const tools = { every__echo: 'ask', 'every__get-sum': 'allow' };
  const { command, args } = npmServer('everything', 'stdio') as { command: string; args: string[] };
  const agents = names.map((index) => [nameAgent(index), { token: `env:T${index}`, default: 'deny', tools }]);
  const config = { port: 0, servers: { every: { command, args } }, agents: Object.fromEntries(agents) };
  writeFileSync(join(folder, 'scopegate.yaml'), stringify(config, { aliasDuplicateObjects: false }));
  const env = Object.fromEntries(names.map((index) => [`T${index}`, tokenOf(index)]));
  const where = ['--data-dir', join(folder, 'data'), '--config', join(folder, 'scopegate.yaml')];
  const run = runCli(['serve', ...where, '--login-link'], env);
  const mcp = String((await run.nextLine()).mcp);
  const link = String((await run.nextLine()).url);
  return {
    mcp,
    link,
    async stop() {
      run.child.kill('SIGTERM');
      await run.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Fills the queue, lets the page show it while calls go on, and reads what its frames cost, milliseconds. */
async function traceQueue(page: Page, mcp: string): Promise<number[]> {
  const clients: Client[] = [];
  for (let index = 0; index < agentCount; index += 1) clients.push(await connect(mcp, tokenOf(index)));
  for (const client of clients) {
    for (let card = 0; card < cardsEach; card += 1)
      void client.callTool({ name: 'every__echo', arguments: { message: `card ${card}` } }).catch(() => {});
  }
  await page.evaluate(() => {
    window.location.hash = '#/approvals';
  });
  const all = String(agentCount * cardsEach);
  await page.waitForFunction((size) => document.querySelector('.queue-list li')?.ariaSetSize === size, all);
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: [
        'toplevel',
        'devtools.timeline',
        'disabled-by-default-devtools.timeline',
        'disabled-by-default-devtools.timeline.frame',
        'devtools.timeline.frame',
      ],
    },
  });
  await page.mouse.move(360, 300);
  const end = Date.now() + traceMs;
  while (Date.now() < end) {
    await clients[0]?.callTool({ name: 'every__get-sum', arguments: { a: 1, b: 2 } });
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(100);
  }
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await done;
  for (const client of clients) await client.close();
  return readFrames(events).sort((a, b) => a - b);
}

async function inBrowser(): Promise<void> {
  const bench = await launchBrowser();
  if ('missing' in bench) {
    console.log(`browser: ${bench.missing}`);
    return;
  }
  const host = await startHost();
  try {
    const page = await bench.browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(host.link);
    await page.getByRole('heading', { name: 'Live' }).waitFor();
    const agent = await connect(host.mcp, tokenOf(0));
    report('call to card painted, browser', await timeCards(page, agent), 'goal: p50 ≤ 150 ms');
    await agent.close();
    report('frame with 200 waiting, script and layout', await traceQueue(page, host.mcp), 'goal: ≤ 8 ms');
  } finally {
    await bench.browser.close();
    await host.stop();
  }
}

/** Over the app's own bridge, from its own page. */
async function ask(page: Page, method: string, params: object): Promise<never> {
  const answer = await page.evaluate(
    (request) => (Reflect.get(window, 'scopegate') as { request(request: object): Promise<unknown> }).request(request),
    { id: 1, method, params },
  );
  return (answer as { value: never }).value;
}

async function inElectron(): Promise<void> {
  const bench = await openElectronBench();
  if ('missing' in bench) {
    console.log(`desktop app: ${bench.missing}`);
    return;
  }
  const started = await startApp(bench);
  const { app } = started;
  try {
    const main = await started.page('index.html');
    const transport = npmServer('everything', 'stdio');
    await ask(main, 'servers.add', { id: 'every', name: 'Everything', transport, trusted: false });
    const readTools = async () => ((await ask(main, 'servers.tools', { id: 'every' })) as { tools: Tool[] }).tools;
    let tools = await readTools();
    for (; tools.length === 0; tools = await readTools()) await main.waitForTimeout(200);
    const pins = tools.map(({ name, definitionHash }) => ({ name, definitionHash }));
    await ask(main, 'servers.accept', { id: 'every', tools: pins });
    const { token } = (await ask(main, 'agents.create', { name: 'Bench', defaultEffect: 'ask' })) as { token: string };
    const { engine } = (await ask(main, 'snapshot', {})) as { engine: { mcpUrl: string } };
    const agent = await connect(engine.mcpUrl, token);
    // the first card makes the window; from then on it is only shown and hidden
    const first = agent.callTool({ name: 'every__echo', arguments: { message: 'the first one' } });
    const card = await started.page('approval.html');
    await card.getByRole('button', { name: 'Deny', exact: true }).and(card.locator('[aria-disabled=false]')).click();
    await first;
    await card.getByText('Nothing is waiting.').waitFor({ state: 'attached' });
    await app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows().find((one) => one.getTitle() === 'ScopeGate: approval');
      window?.on('show', () => Reflect.set(globalThis, 'shownAt', Date.now()));
    });
    const shownSince = async (start: number): Promise<number> => {
      const at = await app.evaluate(() => Reflect.get(globalThis, 'shownAt') as number | undefined);
      return at !== undefined && at >= Math.floor(start) ? at : shownSince(start);
    };
    report('call to card painted, desktop window', await timeCards(card, agent, shownSince), 'goal: p50 ≤ 150 ms');
    await agent.close();
  } finally {
    await started.close();
    await bench.desktop.stop();
  }
}

interface Tool {
  name: string;
  definitionHash: string;
}

console.log(`${'milliseconds'.padEnd(44)} ${'p50'.padStart(8)} ${'p95'.padStart(8)} ${'max'.padStart(8)}`);
await inBrowser();
await inElectron();
process.exit();
