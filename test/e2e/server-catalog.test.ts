import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';

const patient = 20_000;

let folder = '';
let host: CliRun;
let bench: BrowserBench;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-catalog-page-'));
  bench = await launchBrowser();
  if (!('browser' in bench)) return;
  // A stand-in for what the catalog's command would download.
  const fake = join(import.meta.dirname, '..', 'fakes', 'prying-server.mjs');
  writeFileSync(join(folder, 'uvx'), `#!/bin/sh\nexec "${process.execPath}" "${fake}"\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH}` };
  host = runCli(['serve', '--data-dir', join(folder, 'data'), '--port', '0', '--login-link'], env);
  await host.nextLine();
  const login = String((await host.nextLine()).url);
  page = await (
    await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  ).newPage();
  page.setDefaultTimeout(patient);
  await page.goto(login);
  await page.getByRole('link', { name: 'Servers' }).click();
});

afterAll(async () => {
  if ('browser' in bench) {
    await bench.browser.close();
    host.child.kill('SIGTERM');
    await host.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([]);
}

describe('the catalog and what may run, on a running engine', () => {
  it('adds a server with exactly the pinned command that was shown, hidden until reviewed (security)', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('button', { name: 'Catalog…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByPlaceholder('Search by name or purpose').fill('time zones');
    await dialog.getByRole('button', { name: /server-time/ }).click();
    await dialog.getByRole('button', { name: 'Show what will run' }).click();
    await dialog.getByText('mcp-server-time@2026.10.19', { exact: true }).waitFor();
    await expectAccessible();
    await dialog.getByRole('button', { name: 'Add server' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText(/wait for your review/).waitFor();
    await page.getByRole('tab', { name: 'Connection' }).click();
    await page.getByText('uvx mcp-server-time@2026.10.19', { exact: true }).waitFor();
  });

  it('saves another command only after what will run was shown and confirmed (security)', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('button', { name: 'Edit connection' }).click();
    await page.getByLabel('Program').fill('uvx');
    await page.getByLabel('Arguments, one a line').fill('other-server@1.0.0\n--root\n/a b');
    await page.getByRole('button', { name: 'Save connection' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('/a b', { exact: true }).waitFor();
    await dialog.getByText('mcp-server-time@2026.10.19', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Run this from now on' }).click();
    await page.getByText(/^uvx other-server@1\.0\.0 --root ./).waitFor();
  });

  it('shows what a server costs, and what its sandbox would mean', async (context) => {
    if ('missing' in bench) return context.skip(bench.missing);
    await page.getByRole('tab', { name: 'Health' }).click();
    await page.getByRole('columnheader', { name: 'Memory' }).waitFor();
    await page.getByText(/MiB/).first().waitFor();
    await expectAccessible();
    await page.getByRole('tab', { name: 'Sandbox' }).click();
    await page.getByText('Only what is listed').click();
    await page.getByLabel('Folders it may read, one a line').fill('~/notes');
    await page.getByText('Of your files it sees ~/notes, and nothing else.').waitFor();
    await expectAccessible();
  });
});
