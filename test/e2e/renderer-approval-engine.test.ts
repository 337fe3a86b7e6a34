import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { connectAgent } from '../helpers/gateway.ts';

/** What a person does on a card, with the real engine behind it: a real agent, a real server, a real browser. */
const program = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-filesystem');
const token = 'agent-one-'.padEnd(40, 'x');

let folder = '';
let bench: BrowserBench;
let host: CliRun;
let page: Page;
let agent: Client;

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-remember-'));
  mkdirSync(join(folder, 'files', 'inner'), { recursive: true });
  for (const name of ['one', 'two', 'inner/three', 'inner/four']) {
    writeFileSync(join(folder, 'files', `${name}.txt`), `content of ${name}`);
  }
  const config = join(folder, 'scopegate.yaml');
  const tools = { files__read_text_file: 'ask', files__write_file: 'ask' };
  const servers = { files: { command: program, args: [join(folder, 'files')] } };
  const agents = { probe: { token: 'env:PROBE_TOKEN', default: 'deny', tools } };
  writeFileSync(config, stringify({ port: 0, servers, agents }));
  host = runCli(['serve', '--data-dir', join(folder, 'data'), '--config', config, '--login-link'], {
    PROBE_TOKEN: token,
  });
  const mcp = String((await host.nextLine()).mcp);
  const link = String((await host.nextLine()).url);
  agent = await connectAgent(mcp, token);
  page = await bench.browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(link);
  await page.getByRole('heading', { name: 'Live' }).waitFor();
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

const file = (name: string) => join(folder, 'files', `${name}.txt`);
const read = (name: string) => agent.callTool({ name: 'files__read_text_file', arguments: { path: file(name) } });
const card = () => page.getByRole('alertdialog');
/** The buttons take a click only once they are armed. */
const press = (name: string) =>
  card().getByRole('button', { name, exact: true }).and(page.locator('[aria-disabled=false]')).click();
/** Before the next call: else a click meant for its card may fall on the one before. */
const gone = () => card().waitFor({ state: 'detached' });
const goTo = (view: string) =>
  page.evaluate((path) => {
    window.location.hash = path;
  }, `#/${view}`);

describe('a remembered approval', () => {
  it('lets the next matching call pass without a card, and asks for one that does not match (security)', async () => {
    const first = read('inner/three');
    await card().getByRole('radio', { name: '1 hour' }).click();
    await card().getByLabel('A pattern').click();
    await card()
      .getByRole('button', { name: /^path: / })
      .click();
    await page.getByRole('menuitemradio', { name: /is inside .*inner$/ }).click();
    await expect.poll(() => card().locator('.remember .quote').textContent()).toContain('path is inside');
    await press('Approve for 1 hour');
    expect(JSON.stringify(await first)).toContain('content of inner/three');
    await gone();

    expect(JSON.stringify(await read('inner/four'))).toContain('content of inner/four');
    expect(await card().count()).toBe(0);

    const outside = read('one');
    await card().waitFor();
    await press('Deny');
    expect(await outside).toMatchObject({ isError: true });
    await gone();
  });

  it('is listed with its countdown, can be shortened, and asks again once it was ended (security)', async () => {
    await goTo('approvals/remembered');
    const row = page.getByRole('row', { name: /is inside/ });
    await row.getByText(/^in 59:/).waitFor();
    await row.getByRole('button', { name: /^Shorten/ }).click();
    await page.getByRole('menuitem', { name: 'In 5 min' }).click();
    await row.getByText(/^in [45]:/).waitFor();
    await row.getByRole('button', { name: 'End now' }).click();
    await page.getByText('Nothing is remembered').waitFor();
    await goTo('live');
    const again = read('inner/four');
    await card().waitFor();
    await press('Deny');
    expect(await again).toMatchObject({ isError: true });
    await gone();
  });
});

describe('an edit before the approval', () => {
  const write = (name: string, content: string) =>
    agent.callTool({ name: 'files__write_file', arguments: { path: file(name), content } });

  it('sends the edited arguments and nothing of the others (security)', async () => {
    const call = write('written', 'as the agent wanted');
    await card().getByRole('button', { name: 'Edit…' }).click();
    await card().getByRole('textbox', { name: 'content' }).fill('as the person wanted');
    await card().getByRole('button', { name: 'Use these arguments' }).and(page.locator(':enabled')).click();
    await expect.poll(() => card().locator('.tree .removed').textContent()).toContain('as the agent wanted');
    await press('Approve edited');
    await call;
    await gone();
    expect(readFileSync(file('written'), 'utf8')).toBe('as the person wanted');
  });

  it('is refused by the tool’s own schema, in words', async () => {
    const call = write('refused', 'x');
    await card().getByRole('button', { name: 'Edit…' }).click();
    await card().getByRole('radio', { name: 'JSON' }).click();
    await card().getByRole('textbox', { name: 'Arguments as JSON' }).fill('{"path": 1}');
    await card().getByRole('button', { name: 'Use these arguments' }).and(page.locator(':disabled')).waitFor();
    await card()
      .getByText(/path|content/, { exact: false })
      .first()
      .waitFor();
    await card().getByRole('button', { name: 'Cancel edit' }).click();
    await press('Deny');
    expect(await call).toMatchObject({ isError: true });
    await gone();
  });
});

describe('a storm', () => {
  it('is denied as one', async () => {
    const calls = Array.from({ length: 7 }, (_, index) =>
      agent.callTool({ name: 'files__write_file', arguments: { path: file(`storm-${index}`), content: 'x' } }),
    );
    await card().getByText('has 7 waiting.').waitFor();
    await press('Deny all');
    for (const result of await Promise.all(calls)) expect(result).toMatchObject({ isError: true });
    await gone();
  });
});

describe('away', () => {
  it('denies at once when told so, and keeps the question to review with its arguments', async () => {
    await goTo('approvals/settings');
    await page.getByRole('radio', { name: /^Deny/ }).click();
    await page.getByRole('switch', { name: 'I am away' }).click();
    await page.getByText('Whatever would ask is denied').waitFor();
    expect(await read('two')).toMatchObject({ isError: true });
    await page.getByRole('button', { name: 'I am back' }).click();
    await goTo('approvals/review');
    const question = page.getByRole('region', { name: 'Question' });
    await question.getByText('two.txt').first().waitFor();
    await question
      .getByRole('button', { name: 'Allow next time', exact: true })
      .and(page.locator('[aria-disabled=false]'))
      .click();
    await page.getByText('Nothing to review').waitFor();
    await goTo('live');
    expect(JSON.stringify(await read('two'))).toContain('content of two');
  });
});
