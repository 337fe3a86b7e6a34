import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';

const program = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-filesystem');
const patient = { timeout: 30_000 };

let home = '';
let host: CliRun;
let bench: BrowserBench;
let page: Page;
let file = '';
let before = Buffer.alloc(0);
let clicks = 0;
const clients: Client[] = [];
const pageErrors: string[] = [];

beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'scopegate-first-')));
  file = join(home, '.cursor', 'mcp.json');
  mkdirSync(join(home, '.cursor'));
  mkdirSync(join(home, 'files'));
  writeFileSync(join(home, 'files', 'note.txt'), 'hello');
  const files = { command: program, args: [join(home, 'files')] };
  writeFileSync(file, `// my servers\n${JSON.stringify({ mcpServers: { files } }, null, 4)}\n`);
  before = readFileSync(file);
  bench = await launchBrowser();
  if (!('browser' in bench)) return;
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, '.config') };
  host = runCli(['serve', '--data-dir', join(home, 'data'), '--port', '0', '--login-link'], env);
  await host.nextLine();
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
  rmSync(home, { recursive: true, force: true });
});

async function click(name: RegExp | string): Promise<void> {
  clicks += 1;
  await page.getByRole('button', { name, exact: typeof name === 'string' }).click();
}

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([]);
}

/** The address and token that ScopeGate wrote, used as the client would use them. */
async function startClient(): Promise<Client> {
  const { scopegate } = JSON.parse(readFileSync(file, 'utf8').replace(/^\/\/.*\n/, '')).mcpServers;
  const client = new Client({ name: 'cursor', version: '3.4.2' });
  clients.push(client);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(scopegate.url), { requestInit: { headers: scopegate.headers } }) as never,
  );
  return client;
}

describe('the first run with one client installed', () => {
  it('takes six clicks at most to a governed call of one’s own agent', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('heading', { name: 'Import servers' }).waitFor();
    await expectAccessible();
    await click('Look into Cursor');
    await page.getByText(`${program} ${join(home, 'files')}`).waitFor();
    await expectAccessible();
    await click('Import 1 server');
    await page.getByRole('button', { name: /^Accept \d+ tools$/ }).waitFor();
    await click(/^Accept \d+ tools$/);
    await page.getByRole('heading', { name: 'Connect an agent' }).waitFor();
    await page.getByText('Take out, because ScopeGate has them now').waitFor();
    await vi.waitFor(async () => expect(await page.locator('.config-lines .m').count()).toBeGreaterThan(0), patient);
    expect(await page.locator('.config-lines').textContent()).toContain('"Authorization": "•••"');
    await expectAccessible();
    expect(readFileSync(file).equals(before)).toBe(true);
    await click('Connect Cursor');
    await page.getByText('Waiting for the first request…').waitFor();

    const client = await startClient();
    await page.getByText('Connected', { exact: true }).waitFor();
    await click('Continue');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('files__read_text_file');
    const call = { name: 'files__read_text_file', arguments: { path: join(home, 'files', 'note.txt') } };
    const reading = client.callTool(call);
    // until a start is chosen every call asks
    const card = page.getByRole('alertdialog');
    await card.waitFor();
    clicks += 1;
    await card.getByRole('button', { name: /^Deny/ }).first().click();
    expect(clicks).toBeLessThanOrEqual(6);
    expect(await reading).toMatchObject({ isError: true });
    await card.waitFor({ state: 'detached' });
  });

  it('ends with a test call that asks, is answered, and is seen in Live', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('heading', { name: 'Choose a start' }).waitFor();
    await expectAccessible();
    expect(await page.getByRole('radio', { name: 'Ask before writes' }).isChecked()).toBe(true);
    await click('Send test call');
    const card = page.getByRole('alertdialog');
    await card.getByText('Test agent').first().waitFor();
    const approve = card.getByRole('button', { name: /^Approve/ });
    await vi.waitFor(async () => expect(await approve.isEnabled()).toBe(true), patient);
    await approve.click();
    await page.getByRole('heading', { name: 'The call went through' }).waitFor();
    await page.getByText('Hello, world.').waitFor();
    await expectAccessible();
    await click('Show it in Live');
    await page.getByText('say_hello').first().waitFor();
    await page.getByRole('link', { name: 'Agents' }).click();
    await page.getByText('Cursor').first().waitFor();
    await vi.waitFor(async () => expect(await page.getByText('Test agent').count()).toBe(0), patient);
  });

  it('lets the chosen start decide: what only reads runs', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    const client = await startClient();
    const call = { name: 'files__read_text_file', arguments: { path: join(home, 'files', 'note.txt') } };
    expect(await client.callTool(call)).toMatchObject({ content: [{ type: 'text', text: 'hello' }] });
  });

  it('points out a server that comes beside ScopeGate, and brings it in', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"mcpServers": {', `"mcpServers": { "late": { "command": "late-mcp" },`));
    await page.getByRole('link', { name: 'Servers' }).click();
    await page.getByText('late was added to Cursor beside ScopeGate.').waitFor();
    await expectAccessible();
    await page.getByRole('button', { name: 'Bring it in…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Import 1 server' }).click();
    await dialog.getByText('Agents do not see them until you have reviewed their tools.').waitFor();
    await dialog.getByRole('button', { name: 'Review tools' }).click();
    await page.getByRole('heading', { name: 'late' }).first().waitFor();
    await page.getByText('late was added to Cursor beside ScopeGate.').waitFor({ state: 'detached' });
  });

  it('connects from the Agents page with a preview, and Undo puts every byte back', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    const other = join(home, '.kiro', 'settings', 'mcp.json');
    await page.getByRole('link', { name: 'Agents' }).click();
    await page.getByRole('button', { name: 'Connect an agent…' }).first().click();
    await page.getByRole('button', { name: 'In an installed client…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Show all/ }).click();
    await dialog.getByRole('radio', { name: /^Kiro/ }).check();
    await dialog.getByRole('region', { name: `Change to ${other}` }).waitFor();
    await expectAccessible();
    await dialog.getByRole('button', { name: 'Write and connect' }).click();
    await dialog.getByText('Waiting for the first request…').waitFor();
    expect(existsSync(other)).toBe(true);
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await dialog.getByRole('button', { name: 'Write and connect' }).waitFor();
    expect(existsSync(other)).toBe(false);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(pageErrors).toEqual([]);
  });
});
