import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { connectAgent } from '../helpers/gateway.ts';

/** The main journey: a real agent, a real server, `scopegate serve`, and a person in a real browser. */
const program = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-filesystem');
const token = 'agent-one-'.padEnd(40, 'x');

let folder = '';
let bench: BrowserBench;
let host: CliRun;
let link = '';
let page: Page;
let agent: Client;

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-journey-'));
  mkdirSync(join(folder, 'files'));
  for (const name of ['one', 'two', 'three']) writeFileSync(join(folder, 'files', `${name}.txt`), `content of ${name}`);
  const config = join(folder, 'scopegate.yaml');
  const tools = { files__read_text_file: 'ask', files__list_directory: 'allow', files__write_file: 'deny' };
  const servers = { files: { command: program, args: [join(folder, 'files')] } };
  writeFileSync(
    config,
    stringify({ port: 0, servers, agents: { probe: { token: 'env:PROBE_TOKEN', default: 'deny', tools } } }),
  );
  host = runCli(['serve', '--data-dir', join(folder, 'data'), '--config', config, '--login-link'], {
    PROBE_TOKEN: token,
  });
  const mcp = String((await host.nextLine()).mcp);
  link = String((await host.nextLine()).url);
  agent = await connectAgent(mcp, token);
  page = await bench.browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(link);
});

afterAll(async () => {
  if ('missing' in bench) return;
  await agent?.close().catch(() => {});
  await bench.browser.close();
  host.child.kill('SIGTERM');
  await host.ended;
  rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

const read = (name: string) =>
  agent.callTool({ name: 'files__read_text_file', arguments: { path: join(folder, 'files', `${name}.txt`) } });
const card = () => page.getByRole('alertdialog');
/** The buttons take a click only once they are armed. */
const press = (name: string) =>
  card().getByRole('button', { name, exact: true }).and(page.locator('[aria-disabled=false]')).click();
const rowOf = (text: string) => page.locator('tr[data-call]', { hasText: text }).first();

describe('a person, a browser and an agent', () => {
  it('is logged in by a link that works once and leaves no trace in the address (security)', async () => {
    await page.getByRole('heading', { name: 'Live' }).waitFor();
    expect(page.url()).not.toContain('login');
    await page.reload();
    await page.getByRole('heading', { name: 'Live' }).waitFor();
    if ('missing' in bench) return;
    const stranger = await bench.browser.newContext();
    const other = await stranger.newPage();
    await other.goto(link);
    await other.getByText('This browser is not logged in').waitFor();
    expect(await other.evaluate(() => sessionStorage.length)).toBe(0);
    await stranger.close();
  });

  it('shows a call as it happens', async () => {
    await agent.callTool({ name: 'files__list_directory', arguments: { path: join(folder, 'files') } });
    await rowOf('list_directory').getByText('Allowed').waitFor();
  });

  it('brings up the card for a tool set to Ask, and approving lets exactly that call through (security)', async () => {
    const first = read('one');
    await card().getByText('read_text_file').first().waitFor();
    await expect.poll(() => card().locator('.tree').textContent()).toContain('one.txt');
    await expect.poll(() => page.title()).toBe('(1) ScopeGate');
    await press('Approve once');
    expect(JSON.stringify(await first)).toContain('content of one');
    await card().waitFor({ state: 'detached' });
    await rowOf('one.txt').getByText('Allowed').waitFor();
    const second = read('two');
    await card().waitFor();
    await expect.poll(() => card().locator('.tree').textContent()).toContain('two.txt');
    await press('Deny');
    expect(await second).toMatchObject({ isError: true });
    expect(JSON.stringify(await second)).not.toContain('content of two');
    await rowOf('two.txt').getByText('Denied').waitFor();
  });

  it('asks again for the very same arguments once an approval is used up (security)', async () => {
    const again = read('one');
    await card().waitFor();
    await page.keyboard.press('Escape');
    await card().waitFor({ state: 'detached' });
    await rowOf('one.txt').getByRole('button', { name: 'Review' }).click();
    await card().waitFor();
    await press('Deny');
    expect(await again).toMatchObject({ isError: true });
  });

  it('tells the agent the reason of a refusal', async () => {
    const refused = read('three');
    // not the card that was answered a moment ago and is about to go
    await card().locator('.tree', { hasText: 'three.txt' }).waitFor();
    await card().getByRole('button', { name: 'Deny with a reason' }).click();
    await page.getByRole('menuitem', { name: 'Wrong account or target', disabled: false }).click();
    expect(await refused).toMatchObject({ isError: true });
    await page.getByRole('link', { name: /Approvals/ }).click();
    await page.getByText('History').click();
    await page.getByText('Wrong account or target').waitFor();
  });

  it('neither lists a tool set to Block nor lets it be called (security)', async () => {
    const { tools } = await agent.listTools();
    expect(tools.map((tool) => tool.name).sort()).toEqual(['files__list_directory', 'files__read_text_file']);
    const call = { name: 'files__write_file', arguments: { path: join(folder, 'files', 'new.txt'), content: 'x' } };
    await expect(agent.callTool(call)).rejects.toMatchObject({ code: -32602 });
    await page.getByRole('link', { name: 'Live' }).click();
    await rowOf('write_file').getByText('Denied').waitFor();
  });

  it('says so when the engine is gone, and keeps what it shows', async () => {
    host.child.kill('SIGTERM');
    await page.getByText('The engine stopped answering.').waitFor();
    await expect.poll(() => page.locator('tr[data-call]').count()).toBeGreaterThan(3);
  });
});
