import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { tokens } from '../helpers/engine.ts';
import { connectAgent, patient } from '../helpers/gateway.ts';

/** Rules made by hand in a real browser, obeyed by a real engine for a real agent and server; one story, in order. */
const program = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-filesystem');

let folder = '';
let bench: BrowserBench;
let host: CliRun;
let page: Page;
let agent: Client;
const pageErrors: string[] = [];

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-policy-'));
  mkdirSync(join(folder, 'files', 'private'), { recursive: true });
  const config = join(folder, 'scopegate.yaml');
  writeFileSync(
    config,
    stringify({
      port: 0,
      servers: { files: { command: program, args: [join(folder, 'files')] } },
      agents: { probe: { token: 'env:PROBE_TOKEN', default: 'allow' } },
    }),
  );
  host = runCli(['serve', '--data-dir', join(folder, 'data'), '--config', config, '--login-link'], {
    PROBE_TOKEN: tokens.one,
  });
  const mcpUrl = String((await host.nextLine()).mcp);
  const login = String((await host.nextLine()).url);
  agent = await connectAgent(mcpUrl, tokens.one);
  await agent.listTools();
  const context = await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(patient.timeout);
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && pageErrors.push(message.text()));
  await page.goto(login);
});

afterAll(async () => {
  if ('missing' in bench) return;
  await agent?.close().catch(() => {});
  await bench.browser.close();
  host?.child.kill('SIGTERM');
  await host?.ended;
  rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

const at = (...names: string[]): string => join(folder, 'files', ...names);
const write = (path: string) => agent.callTool({ name: 'files__write_file', arguments: { path, content: 'words' } });
const pane = (): Locator => page.getByRole('complementary', { name: 'Rule' });
const sentences = (): Locator => page.locator('.rule-link');
const field = (name: string): Locator => pane().getByRole('combobox', { name, exact: true });

async function choose(menu: string, item: string): Promise<void> {
  await pane()
    .getByRole('button', { name: new RegExp(`^${menu}:`) })
    .click();
  await page.getByRole('menuitemradio', { name: item, exact: true }).click();
}

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([]);
}

describe('a rule made by hand', () => {
  it('is written as a sentence with menus, and checked as it is typed', async () => {
    await page.getByRole('heading', { name: 'Live' }).waitFor();
    await page.keyboard.press('Control+6');
    await page.getByText('There are no rules yet').waitFor();
    await page.getByRole('button', { name: 'New rule' }).first().click();
    await choose('Agent', 'probe');
    await field('Server').fill('fil');
    await page.getByRole('option', { name: /^files/ }).click();
    await field('Tool').fill('write_f');
    await page.getByRole('option', { name: /^write_file/ }).click();
    await pane().getByRole('button', { name: 'Only with certain arguments' }).click();
    await field('Argument').click();
    await page.getByRole('option', { name: /^path/ }).click();
    await choose('Operator', 'is inside');
    await pane().getByRole('radio', { name: 'Block' }).click();
    await pane()
      .getByRole('button', { name: /^Save rule/ })
      .click();
    await pane().getByText('Type what to compare with.').waitFor();
    await expect.poll(() => field('Value').getAttribute('aria-invalid')).toBe('true');
    await field('Value').fill(at('private'));
    await pane()
      .getByText(/When probe calls files: write_file and path is inside ".*private" → Block/)
      .waitFor();
    await expectAccessible();
  });

  it('asks before it is left unsaved', async () => {
    await page.getByRole('link', { name: 'Live' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText('Discard this new rule?').waitFor();
    await question.getByRole('button', { name: 'Keep editing' }).click();
    await question.waitFor({ state: 'detached' });
    await pane().waitFor();
    // Back slips past no question either, and does so each time
    for (const _ of ['once', 'twice']) {
      await page.evaluate(() => history.back());
      await question.getByText('Discard this new rule?').waitFor();
      await question.getByRole('button', { name: 'Keep editing' }).click();
      await question.waitFor({ state: 'detached' });
      expect(page.url()).toContain('#/policy/new');
      await pane().waitFor();
    }
  });

  it('is obeyed by the very next call, and only where it matches (security)', async () => {
    await field('Value').press('Control+Enter');
    await page.getByText('“Block write_file, probe” is saved').waitFor();
    await sentences().getByText('files: write_file').waitFor();
    const refused = await write(at('private', 'a.txt'));
    expect(refused.isError).toBe(true);
    expect(existsSync(at('private', 'a.txt'))).toBe(false);
    expect((await write(at('open.txt'))).isError ?? false).toBe(false);
    expect((await write(at('x', '..', 'private', 'b.txt'))).isError).toBe(true);
  });

  it('is where “Why” in Live leads', async () => {
    await page.keyboard.press('Control+1');
    const denied = page.getByRole('grid', { name: 'Calls' }).locator('tbody tr').filter({ hasText: 'Denied' });
    await denied.first().click();
    const call = page.getByRole('complementary', { name: 'Call' });
    await call.getByRole('link', { name: 'Show rule' }).first().click();
    await pane().getByRole('heading', { name: 'Block write_file, probe' }).waitFor();
    await expect.poll(() => page.locator('.rule-row[aria-current]').count()).toBe(1);
  });
});

describe('a rule made from a call', () => {
  it('begins with who called what, and offers what its arguments were', async () => {
    await page.keyboard.press('Control+1');
    const allowed = page.getByRole('grid', { name: 'Calls' }).locator('tbody tr').filter({ hasText: 'Allowed' });
    await allowed.first().click();
    await page.getByRole('button', { name: 'Make rule…' }).click();
    await pane().getByText('When probe calls files: write_file → Ask').waitFor();
    await pane()
      .getByRole('button', { name: /path is ".*open\.txt"/ })
      .click();
    await pane()
      .getByText(/and path is ".*open\.txt" → Ask/)
      .waitFor();
  });

  it('shows which past calls it would have decided otherwise, before it is saved', async () => {
    await pane().getByRole('tab', { name: 'What would change' }).click();
    await pane()
      .getByText(/Of \d+ calls? it matches/)
      .waitFor();
    await expectAccessible();
  });

  it('can be tried on a call that is not made', async () => {
    await pane().getByRole('tab', { name: 'Try it' }).click();
    await field('path').fill(at('open.txt'));
    await field('content').fill('words');
    await pane().locator('.test-effect').getByText('Ask', { exact: true }).waitFor();
    await field('path').fill(at('private', 'c.txt'));
    await pane().locator('.test-effect').getByText('Block', { exact: true }).waitFor();
    expect(existsSync(at('private', 'c.txt'))).toBe(false);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await expect.poll(() => field('path').inputValue()).toBe(at('private', 'c.txt'));
    await field('path').press('Escape');
    await page.getByRole('button', { name: 'Discard' }).click();
    await pane().waitFor({ state: 'detached' });
  });
});

describe('taking back', () => {
  it('puts a removed rule back in force with Undo (security)', async () => {
    await sentences().first().press('Delete');
    await page.getByText('“Block write_file, probe” is removed').waitFor();
    expect((await write(at('private', 'gone.txt'))).isError ?? false).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Put back as it was').waitFor();
    expect((await write(at('private', 'back.txt'))).isError).toBe(true);
    await sentences().first().waitFor();
  });

  it('switches a rule off and on where it stands', async () => {
    const toggle = page.getByRole('switch', { name: 'Block write_file, probe is on' });
    await toggle.click();
    await page.getByText('“Block write_file, probe” is off').waitFor();
    expect((await write(at('private', 'off.txt'))).isError ?? false).toBe(false);
    await toggle.click();
    await page.getByText('“Block write_file, probe” is on').waitFor();
    expect((await write(at('private', 'on.txt'))).isError).toBe(true);
  });

  it('lists every change with its version, and the kill switch with who lifted it', async () => {
    await page.keyboard.press('Control+Shift+P');
    await page.getByText('All agents are paused.').waitFor();
    await page.keyboard.press('Control+Shift+P');
    await page.getByText('All agents are paused.').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'History' }).click();
    const first = page.locator('.history > li').first();
    await first.getByText('Resumed all agents').waitFor();
    await first.getByText('You', { exact: true }).waitFor();
    await page.getByText('Removed the rule “Block write_file, probe”').waitFor();
    await expectAccessible();
  });
});

describe('policy as YAML', () => {
  const box = (): Locator => page.getByRole('textbox', { name: 'Policy to import, YAML' });

  it('refuses what it does not know, at its line and column, and applies nothing (security)', async () => {
    await page.getByRole('link', { name: 'YAML' }).click();
    const now = await page.getByRole('textbox', { name: 'Policy as it is now, YAML' }).inputValue();
    expect(now).toContain('block-write-file-probe');
    await box().fill(now.replace('effect:', 'efect:'));
    await page.getByText('Nothing can be imported yet.').waitFor();
    await expect.poll(() => page.locator('.yaml-preview .notes .lnk').first().textContent()).toMatch(/^\d+:\d+$/);
    await expect.poll(() => page.getByRole('button', { name: 'Import' }).count()).toBe(0);
    await expectAccessible();
  });

  it('shows what an import would change, and does exactly that', async () => {
    const now = page.getByRole('textbox', { name: 'Policy as it is now, YAML' });
    await box().fill((await now.inputValue()).replace('effect: deny', 'effect: ask'));
    await page
      .locator('.yaml-preview .diff')
      .getByText(/→ Ask|effect: ask/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByText('Imported: 1 change').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => now.inputValue()).toContain('effect: deny');
  });
});

describe('the page itself', () => {
  it('is accessible in both themes and works in a small window', async () => {
    await page.getByRole('link', { name: 'Rules', exact: true }).click();
    await sentences().first().click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible();
    }
    await page.setViewportSize({ width: 900, height: 600 });
    await pane()
      .getByRole('button', { name: /^Save rule/ })
      .waitFor();
    await expect.poll(() => sentences().first().isVisible()).toBe(false);
    await pane().getByRole('button', { name: 'Close' }).click();
    await sentences().first().waitFor();
  });

  it('rates a tool as the person says, with its reasons beside it', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('link', { name: 'Risk tiers' }).click();
    await page.getByRole('button', { name: /^Risk of write_file/ }).click();
    await page.getByRole('menuitemradio', { name: /^Destructive/ }).click();
    await page.getByText('write_file counts as Destructive').waitFor();
    await page.getByRole('button', { name: 'Risk of write_file: Destructive yours' }).waitFor();
    await expectAccessible();
  });

  it('says nothing went wrong in the page all along', () => {
    expect(pageErrors).toEqual([]);
  });
});
