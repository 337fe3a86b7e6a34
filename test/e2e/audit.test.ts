import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { patient } from '../helpers/gateway.ts';
import { type Scene, startScene } from '../helpers/scene.ts';

/** The Audit and Analytics pages over a real engine with a real log, in a real browser. */
let folder = '';
let bench: BrowserBench;
let scene: Scene;
let page: Page;

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-audit-'));
  scene = await startScene(folder, 0);
  await scene.play(0);
  const context = await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(patient.timeout);
  await page.goto(await scene.makeLink());
  // Two questions wait; they are not what is looked at here. Nothing beside their dialog can be waited for: it is modal.
  await page.getByRole('alertdialog', { name: 'Approval' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
}, 120_000);

afterAll(async () => {
  if ('missing' in bench) return;
  await bench.browser.close();
  await scene?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

const rows = () => page.locator('tr[data-entry]');
const field = () => page.getByRole('combobox', { name: 'Filter entries' });

async function visit(path: string): Promise<void> {
  await page.evaluate((to) => {
    window.location.hash = to;
  }, path);
}

async function seriousViolations(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

describe('the Audit page', () => {
  it('lists calls and changes, and shows what a call was and where it stands in the chain', async () => {
    await visit('/audit');
    await rows().first().waitFor();
    await page.getByText('switch changed').first().waitFor();
    await visit('/audit/tool%3Alist_issues');
    await vi.waitFor(async () => expect(await rows().count()).toBe(1), patient);
    await rows().first().click();
    const pane = page.getByRole('complementary', { name: 'Call' });
    await pane.getByText('Entries of this call').waitFor();
    await pane.getByRole('button', { name: 'call decided' }).click();
    await page.getByRole('complementary', { name: 'Entry' }).getByRole('tab', { name: 'Entry' }).waitFor();
    expect(await seriousViolations()).toEqual([]);
  });

  it('filters while one types, by words of arguments, and finds nothing that is not there', async () => {
    await visit('/audit');
    await field().fill('outcome:denied server:filesystem');
    await vi.waitFor(async () => {
      const texts = await rows().allTextContents();
      expect(texts.length).toBeGreaterThan(0);
      expect(texts.every((text) => text.includes('filesystem') && text.includes('Denied'))).toBe(true);
    }, patient);
    // `open` stands in the arguments of two calls only
    await field().fill('state open tool:list_issues');
    await vi.waitFor(async () => expect(await rows().count()).toBe(1), patient);
    await field().fill('zzzzzz');
    await page.getByText('No entry fits the filter').waitFor();
    await field().fill('');
    await rows().first().waitFor();
    // The suggestions close first, then the field is left.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  it('verifies the whole log and says what that proves', async () => {
    await visit('/audit');
    await page.getByRole('button', { name: 'Verify all' }).click();
    await page.getByText('Chain verified').waitFor();
    await page.getByRole('button', { name: 'Result' }).click();
    await page.getByRole('dialog').getByText('What this does not prove').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('keeps a search, goes back to it, and removes it with an undo', async () => {
    await visit('/audit?q=outcome%3Adenied');
    await page.getByRole('button', { name: 'Remove outcome denied' }).waitFor();
    await page.getByRole('button', { name: 'Searches' }).click();
    await page.getByRole('menuitem', { name: 'Save this search…' }).click();
    await page.getByLabel('Name').fill('What was denied');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'What was denied' }).waitFor();
    await visit('/audit');
    await page.getByRole('button', { name: 'Searches' }).click();
    await page.getByRole('menuitem', { name: 'What was denied' }).click();
    await page.getByRole('button', { name: 'Remove outcome denied' }).waitFor();
  });

  it('exports what the filter lets through as CSV and as JSONL', async () => {
    await visit('/audit/event%3Acall.');
    await page.getByRole('button', { name: 'Remove event call.' }).waitFor();
    const total = page
      .locator('.foot')
      .getByRole('status')
      .filter({ hasText: /^\d+ entries that fit/ });
    const shown = Number(/\d+/.exec((await total.textContent()) ?? '')?.[0]);
    expect(shown).toBeGreaterThan(10);
    const csv = await exported('CSV, for a spreadsheet');
    expect(csv.split('\r\n').length - 2).toBe(shown);
    expect(csv.startsWith('seq,time,event')).toBe(true);
    const lines = (await exported('JSONL, every field')).trimEnd().split('\n');
    expect(lines).toHaveLength(shown);
    expect(lines.map((line) => JSON.parse(line).event).every((event) => event.startsWith('call.'))).toBe(true);
  });

  it('makes an evidence report that loads nothing and runs nothing', async () => {
    await visit('/audit');
    await page.getByRole('button', { name: 'More for the log' }).click();
    await page.getByRole('menuitem', { name: 'Evidence report…' }).click();
    const download = page.waitForEvent('download', { timeout: patient.timeout });
    await page.getByRole('button', { name: 'Make report' }).click();
    const html = readFileSync(await (await download).path(), 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('Claude Code');
    expect(html).toContain('supports the work on the controls');
    expect(html).not.toMatch(/<script|https?:\/\//);
  });
});

describe('the Analytics page', () => {
  it('draws the figures, shows each as a table, and leads to the entries behind a number', async () => {
    await visit('/analytics');
    await page.getByRole('figure', { name: 'Tools' }).waitFor();
    expect(await seriousViolations()).toEqual([]);
    const tools = page.getByRole('figure', { name: 'Tools' });
    await tools.getByRole('button', { name: 'View as table' }).click();
    await tools.getByRole('table', { name: 'Tools' }).waitFor();
    const first = tools.getByRole('row').nth(1);
    const calls = Number(await first.getByRole('cell').first().textContent());
    await first.getByRole('cell').first().getByRole('link').click();
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await vi.waitFor(async () => expect(await rows().count()).toBe(calls), patient);
  });
});

async function exported(name: string): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click();
  const download = page.waitForEvent('download', { timeout: patient.timeout });
  await page.getByRole('menuitem', { name }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  const dialog = page.getByRole('dialog', { name: 'Exported' });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'detached' });
  return text;
}
