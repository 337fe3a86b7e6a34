import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';

const program = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-filesystem');
const patient = { timeout: 20_000 };

let folder = '';
let host: CliRun;
let bench: BrowserBench;
let page: Page;
let mcpUrl = '';
let token = '';
const clients: Client[] = [];
const pageErrors: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-pages-'));
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'files', 'note.txt'), 'hello');
  bench = await launchBrowser();
  if (!('browser' in bench)) return;
  host = runCli(['serve', '--data-dir', join(folder, 'data'), '--port', '0', '--login-link']);
  mcpUrl = String((await host.nextLine()).mcp);
  const login = String((await host.nextLine()).url);
  const context = await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(patient.timeout);
  page.on('pageerror', (error) => pageErrors.push(error.message));
  await page.goto(login);
});

afterAll(async () => {
  for (const client of clients) await client.close().catch(() => {});
  if ('browser' in bench) {
    await bench.browser.close();
    host.child.kill('SIGTERM');
    await host.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function connect(): Promise<Client> {
  const client = new Client({ name: 'probe', version: '1.2.3' });
  clients.push(client);
  const headers = { Authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(mcpUrl), { requestInit: { headers } }));
  return client;
}

const listNames = async (client: Client): Promise<string[]> =>
  (await client.listTools()).tools.map((tool) => tool.name).sort();

const switchOf = (tool: string): Locator => page.getByRole('radiogroup', { name: new RegExp(`^${tool},`) });
const position = (tool: string, word: string): Locator => switchOf(tool).getByRole('radio', { name: word });

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([]);
}

describe('the Servers and Agents pages on a running engine', () => {
  it('tests and adds a server whose tools stay hidden until they are reviewed (security)', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('link', { name: 'Servers' }).click();
    await page.getByRole('button', { name: 'Add a server…' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Command', { exact: true }).fill(`${program} "${join(folder, 'files')}"`);
    await dialog.getByRole('button', { name: 'Test', exact: true }).click();
    await dialog.getByText('The server answers').waitFor();
    await dialog.getByText(/\d+ tools found/).waitFor();
    await expect.poll(() => dialog.getByLabel('Id', { exact: true }).inputValue()).toBe('filesystem');
    await dialog.getByRole('button', { name: 'Add server' }).click();
    await page.getByText('Agents do not see filesystem until you accept its tools.').waitFor();
    await expectAccessible();
  });

  it('connects an agent with a token shown once, and says when it has connected', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('link', { name: 'Agents' }).click();
    await page.getByRole('button', { name: 'Connect an agent…' }).first().click();
    await page.getByLabel('Name').fill('Probe');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Connect Probe' });
    token = (await dialog.locator('code').first().textContent()) ?? '';
    await dialog.getByText('Waiting for the first connection…').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.isVisible()).toBe(true);
    expect(await listNames(await connect())).toEqual([]);
    await dialog.getByText('Connected', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(token);
    await page.getByText('held until reviewed').waitFor();
  });

  it('lists a server’s tools for agents once a person has accepted them', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('link', { name: 'Review' }).click();
    await page.getByRole('button', { name: /^Accept all/ }).click();
    await page.getByRole('tab', { name: /^Review/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Agents' }).click();
    await position('write_file', 'Ask').waitFor({ state: 'attached' });
    expect(await listNames(await connect())).toContain('filesystem__write_file');
  });

  it('hides a tool from the agent that is set to Block by keyboard, and Backspace inherits again', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    const client = await connect();
    await position('write_file', 'Ask').press('3');
    await page.getByText('write_file is now Block for Probe').waitFor();
    await expect.poll(() => position('write_file', 'Block').isChecked()).toBe(true);
    await expect.poll(() => listNames(client)).not.toContain('filesystem__write_file');
    await page.keyboard.press('Backspace');
    await expect.poll(() => listNames(client)).toContain('filesystem__write_file');
    await expect.poll(() => position('write_file', 'Ask').isChecked()).toBe(true);
  });

  it('starts every tool by its tier with a preset and takes it back with one Undo', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    const client = await connect();
    await page.getByRole('radio', { name: 'Observe only' }).click();
    await page.getByText('Observe only is set for Probe').waitFor();
    await expect.poll(() => listNames(client)).not.toContain('filesystem__edit_file');
    const reading = { name: 'filesystem__read_text_file', arguments: { path: join(folder, 'files', 'note.txt') } };
    expect(await client.callTool(reading)).toMatchObject({ content: [{ type: 'text', text: 'hello' }] });
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => listNames(client)).toContain('filesystem__edit_file');
    await expect.poll(() => page.getByRole('radio', { name: 'Custom' }).isChecked()).toBe(true);
  });

  it('is free of accessibility violations in both themes', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible();
    }
  });

  it('removes an agent, whose token then opens nothing, and restores it by Undo', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('button', { name: 'More for Probe' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByText('No agent is connected').waitFor();
    await expect(connect()).rejects.toThrow();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Probe' }).waitFor();
    expect(await listNames(await connect())).not.toEqual([]);
  });

  it('switches what a server may ask for, and keeps it', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('link', { name: 'Servers' }).click();
    await page.getByRole('tab', { name: 'Connection' }).click();
    const models = page.getByRole('radiogroup', { name: 'May use the agent’s model (sampling)' });
    await expect.poll(() => models.getByRole('radio', { name: 'Ask' }).isChecked()).toBe(true);
    await models.getByRole('radio', { name: 'Block' }).click();
    await expect.poll(() => models.getByRole('radio', { name: 'Block' }).isChecked()).toBe(true);
    const input = page.getByRole('radiogroup', { name: /elicitation/ });
    await expect.poll(() => input.getByRole('radio', { name: 'Allow' }).isChecked()).toBe(true);
    await expectAccessible();
  });

  it('shows why a server fails and what to do', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('link', { name: 'Servers' }).click();
    await page.getByRole('button', { name: 'Add a server…' }).first().click();
    await page.getByRole('dialog').getByLabel('Command', { exact: true }).fill('no-such-program-here --x');
    await page.getByRole('button', { name: 'Add server' }).click();
    await page.getByRole('tab', { name: 'Problem' }).waitFor();
    await page.getByText('Calls to no-such-program-here get an error. The other server works.').waitFor();
    expect(pageErrors).toEqual([]);
  });
});
