import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { textOf } from '../helpers/engine.ts';
import { connectAgent, patient } from '../helpers/gateway.ts';

/**
 * From nothing to a governed call by hand: a real host process with an empty store, a real browser, a real server from
 * npm, the official client. Everything is made in the page; the tests are one story and run in order.
 */
const program = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-filesystem');

let folder = '';
let bench: BrowserBench;
let host: CliRun;
let mcpUrl = '';
let page: Page;
let agent: Client;
const pageErrors: string[] = [];

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-by-hand-'));
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'files', 'note.txt'), 'hello');
  host = runCli(['serve', '--data-dir', join(folder, 'data'), '--port', '0', '--login-link']);
  mcpUrl = String((await host.nextLine()).mcp);
  const login = String((await host.nextLine()).url);
  page = await bench.browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(patient.timeout);
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && pageErrors.push(message.text()));
  await page.goto(login);
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

const inFolder = (name: string) => join(folder, 'files', name);
const write = (name: string, content: string) =>
  agent.callTool({ name: 'filesystem__write_file', arguments: { path: inFolder(name), content } });
const namesSeen = async () => (await agent.listTools()).tools.map(({ name }) => name);

const card = (): Locator => page.getByRole('alertdialog', { name: 'Approval' });
const answer = (name: string): Locator => card().getByRole('button', { name, exact: true });
const switchCell = (tool: string, word: string): Locator =>
  page.getByRole('radiogroup', { name: new RegExp(`^${tool},`) }).getByRole('radio', { name: word });
/** By markup: under an open card the page is hidden from the roles. */
const rows = (): Locator => page.locator('tr[data-call]');

/** What was answered has left the page; a question that comes now is a new one. */
const cardGone = () => card().waitFor({ state: 'detached' });

/** The buttons work only after the card has stood for a moment. */
async function press(name: string): Promise<void> {
  await answer(name).and(page.locator('[aria-disabled=false]')).click();
}

describe('a person who starts with nothing', () => {
  it('is told how to get the first call', async () => {
    // a fresh profile begins with the first steps
    await page.getByRole('heading', { name: 'Import servers' }).waitFor();
    await page.getByRole('link', { name: 'Live' }).click();
    await page.getByText('No calls yet.').waitFor();
    await page.getByText(mcpUrl).waitFor();
    await page.getByRole('link', { name: 'Connect an agent' }).waitFor();
    expect(page.url()).not.toContain('login');
  });

  it('adds a server by its command, after a test of it, and accepts its tools', async () => {
    await page.keyboard.press('Control+4');
    await page.getByRole('button', { name: 'Add a server…' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Command', { exact: true }).fill(`${program} "${join(folder, 'files')}"`);
    await dialog.getByRole('button', { name: 'Test', exact: true }).click();
    await dialog.getByText('The server answers').waitFor();
    await dialog.getByRole('button', { name: 'Add server' }).click();
    await page.getByText('Agents do not see filesystem until you accept its tools.').waitFor();
    await page.getByRole('tab', { name: /^Review/ }).click();
    await page.getByRole('button', { name: /^Accept all/ }).click();
    await page.getByRole('tab', { name: /^Review/ }).waitFor({ state: 'detached' });
  });

  it('makes an agent, whose token is shown this once and lets it in', async () => {
    await page.keyboard.press('Control+3');
    await page.getByRole('button', { name: 'Connect an agent…' }).first().click();
    await page.getByLabel('Name').fill('Probe');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Connect Probe' });
    const token = (await dialog.locator('code').first().textContent()) ?? '';
    expect(token).toMatch(/^sgk_/);
    agent = await connectAgent(mcpUrl, token);
    await dialog.getByText('Connected', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(token);
    await expect.poll(() => namesSeen()).toContain('filesystem__write_file');
  });
});

describe('a call to a tool set to Ask', () => {
  it('shows its card, and Approve lets exactly that call through', async () => {
    await page.keyboard.press('Control+1');
    const pending = write('asked.txt', 'approved words');
    await card()
      .getByRole('heading', { name: /Probe wants to run write_file on filesystem/ })
      .waitFor();
    await expect.poll(() => card().locator('.tree').textContent()).toContain('approved words');
    await expect.poll(() => page.title()).toBe('(1) ScopeGate');
    expect(existsSync(inFolder('asked.txt'))).toBe(false);
    await press('Approve once');
    expect((await pending).isError ?? false).toBe(false);
    expect(readFileSync(inFolder('asked.txt'), 'utf8')).toBe('approved words');
    await cardGone();
  });

  it('asks again for the very same call, and Deny refuses it with the reason given', async () => {
    const pending = write('asked.txt', 'approved words');
    await card().waitFor();
    await answer('Deny with a reason').and(page.locator('[aria-disabled=false]')).click();
    await page.getByRole('menuitem', { name: 'Another reason…' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('Use the staging folder');
    await page.getByRole('dialog').getByRole('button', { name: 'Deny', exact: true }).click();
    const refused = await pending;
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toBe('The user denied this call: Use the staging folder');
    await cardGone();
  });

  it('can be put off with Esc and answered by keyboard from its row', async () => {
    const pending = write('later.txt', 'by keyboard');
    await card().waitFor();
    await page.keyboard.press('Escape');
    await cardGone();
    const row = rows().first();
    await row.getByText('Waiting').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await answer('Approve once').and(page.locator('[aria-disabled=false]')).waitFor();
    await page.keyboard.press('Control+Enter');
    expect((await pending).isError ?? false).toBe(false);
    expect(readFileSync(inFolder('later.txt'), 'utf8')).toBe('by keyboard');
    await row.getByText('Allowed').waitFor();
    await page.keyboard.press('Escape');
  });

  it('is listed under History with who answered how', async () => {
    await page.keyboard.press('Control+2');
    await page.getByText('Nothing is waiting').waitFor();
    await page.getByRole('radio', { name: 'History' }).click();
    const history = page.getByRole('table', { name: 'Answered questions' });
    await history.getByText('Use the staging folder').waitFor();
    await expect.poll(() => history.locator('tbody tr').count()).toBe(3);
  });
});

describe('a message about what was just done', () => {
  it('keeps no question from coming up, and takes no keys', async () => {
    await page.keyboard.press('Control+3');
    await switchCell('write_file', 'Ask').press('2');
    const message = page.getByText('write_file is now Ask for Probe');
    await message.waitFor();
    const pending = write('meanwhile.txt', 'x');
    await card().waitFor();
    await expect.poll(() => message.isVisible()).toBe(true);
    await press('Deny');
    expect((await pending).isError).toBe(true);
    await cardGone();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.keyboard.press('Control+1');
    await page.getByRole('heading', { name: 'Live' }).waitFor();
  });
});

describe('a tool set to Block', () => {
  it('is not listed and refused as unknown, until Undo', async () => {
    await page.keyboard.press('Control+3');
    await switchCell('write_file', 'Ask').press('3');
    await page.getByText('write_file is now Block for Probe').waitFor();
    await expect.poll(() => namesSeen()).not.toContain('filesystem__write_file');
    await expect(write('blocked.txt', 'x')).rejects.toMatchObject({ code: -32602 });
    await expect(agent.callTool({ name: 'filesystem__no_such_tool', arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
    expect(existsSync(inFolder('blocked.txt'))).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => namesSeen()).toContain('filesystem__write_file');
    await expect.poll(() => switchCell('write_file', 'Ask').isChecked()).toBe(true);
  });

  it('shows in Live as denied, with why, unlike one that does not exist', async () => {
    await page.keyboard.press('Control+1');
    await rows().filter({ hasText: 'Not listed' }).waitFor();
    await rows().filter({ hasText: 'blocked.txt' }).click();
    const pane = page.getByRole('complementary', { name: 'Call' });
    await pane.getByText('Denied', { exact: true }).waitFor();
    await pane.getByText('This tool is set to Block for this agent').waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('the pause switch', () => {
  it('refuses every call while on, keeps the agent’s list, and resumes by keyboard', async () => {
    await page.keyboard.press('Control+Shift+P');
    await page.getByText('All agents are paused.').waitFor();
    const reading = { name: 'filesystem__read_text_file', arguments: { path: inFolder('note.txt') } };
    expect(textOf(await agent.callTool(reading))).toContain('paused');
    await expect.poll(() => namesSeen()).toContain('filesystem__write_file');
    // a selected row holds the list still until it is told to follow
    await page.getByRole('button', { name: /^1 new call/ }).waitFor();
    await page.keyboard.press('End');
    await rows().first().getByText('Paused').waitFor();
    await page.keyboard.press('Control+Shift+P');
    await page.getByText('All agents are paused.').waitFor({ state: 'detached' });
    const pending = agent.callTool(reading);
    await press('Approve once');
    expect(textOf(await pending)).toBe('hello');
    await cardGone();
  });
});

describe('the list of calls', () => {
  it('settles each row in its place', async () => {
    const pending = [write('a.txt', 'a'), write('b.txt', 'b')];
    await card().waitFor();
    await page.keyboard.press('Escape');
    await cardGone();
    const waiting = rows().filter({ hasText: 'Waiting' });
    await expect.poll(() => waiting.count()).toBe(2);
    const order = () => rows().evaluateAll((all) => all.slice(0, 2).map((row) => row.getAttribute('data-call')));
    const before = await order();
    // the older of the two first: the newer row above it stays put
    await rows().nth(1).getByRole('button', { name: 'Review' }).click();
    await press('Deny');
    await rows().nth(1).getByText('Denied').waitFor();
    await rows().nth(0).getByText('Waiting').waitFor();
    expect(await order()).toEqual(before);
    await card().waitFor();
    await press('Approve once');
    await rows().nth(0).getByText('Allowed').waitFor();
    expect(await order()).toEqual(before);
    const results = await Promise.all(pending);
    expect(results.map(({ isError }) => isError ?? false).sort()).toEqual([false, true]);
  });

  it('says nothing went wrong in the page all along', () => {
    expect(pageErrors).toEqual([]);
  });
});
