import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OtlpReceiver, startReceiver } from '../engine/telemetry/otlp-receiver.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { patient } from '../helpers/gateway.ts';
import { type Scene, startScene } from '../helpers/scene.ts';

/** The Settings page over a real engine, in a real browser. */
let folder = '';
let bench: BrowserBench;
let scene: Scene;
let page: Page;
let collector: OtlpReceiver;

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-settings-'));
  scene = await startScene(folder, 0);
  collector = await startReceiver();
  const context = await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(patient.timeout);
  await page.goto(await scene.makeLink());
  await page.getByRole('link', { name: 'Settings' }).waitFor();
}, 120_000);

afterAll(async () => {
  if ('missing' in bench) return;
  await bench.browser.close();
  await collector?.close();
  await scene?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

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

const theme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('the Settings page', () => {
  it('opens by its key, changes the look at once and keeps it', async () => {
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.getByRole('radio', { name: 'Dark' }).click();
    await vi.waitFor(async () => expect(await theme()).toBe('dark'), patient);
    expect(await seriousViolations()).toEqual([]);
    await page.reload();
    await vi.waitFor(async () => expect(await theme()).toBe('dark'), patient);
    await page.getByRole('radio', { name: 'As the system' }).click();
    await vi.waitFor(async () => expect(await theme()).toBe('light dark'), patient);
  });

  it('has no part that a screen reader, the keyboard or contrast fails on', async () => {
    for (const [part, group] of [
      ['gateway', 'Address'],
      ['approvals', 'Remembered'],
      ['data', 'Backups'],
      ['export', 'Prometheus'],
      ['about', 'Diagnostics'],
    ]) {
      await visit(`/settings/${part}`);
      await page.getByRole('region', { name: group ?? '' }).waitFor();
      expect(await seriousViolations(), part).toEqual([]);
    }
  });

  it('moves the agents’ port, back with one press, and says who holds a taken one', async () => {
    await visit('/settings/gateway');
    const before = new URL((await scene.ui.request('snapshot', {})).engine.mcpUrl ?? '').port;
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as AddressInfo).port));
    });
    try {
      await page.getByLabel('Port', { exact: true }).fill(String(port));
      await button('Change port').click();
      await page.getByText(`Port ${port} is taken`).first().waitFor();
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
    await page.getByLabel('Port', { exact: true }).fill(String(port));
    await button('Try again').click();
    await page.getByText(`http://127.0.0.1:${port}/mcp`).waitFor();
    await page.getByLabel('Port', { exact: true }).fill(before);
    await button('Change port').click();
    await page.getByText(`http://127.0.0.1:${before}/mcp`).waitFor();
    await button('Undo').click();
    await page.getByText(`http://127.0.0.1:${port}/mcp`).waitFor();
  });

  it('asks before it erases kept arguments, and keeps them longer at once', async () => {
    await visit('/settings/data');
    await button('Arguments are kept for: 7 days').click();
    await page.getByRole('menuitemradio', { name: '14 days' }).click();
    await button('Arguments are kept for: 14 days').waitFor();
    await button('Undo').click();
    await button('Arguments are kept for: 7 days').click();
    await page.getByRole('menuitemradio', { name: 'Not at all' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Erase' }).click();
    await button('Arguments are kept for: Not at all').waitFor();
    await button('Change what is kept').click();
    await page.getByRole('dialog').getByText('Survives a power cut').first().waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('tests a collector, turns the export on, shows how far it is, and turns it off', async () => {
    await visit('/settings/export');
    const address = page.getByLabel('Address', { exact: true });
    await address.fill('collector');
    await page.getByText('This is not an address.').waitFor();
    await address.fill('http://collector.example.com:4318');
    await button('Turn on').click();
    await page.getByRole('alertdialog').getByText('whoever is on the way can read').waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    await address.fill(collector.url);
    await button('Send a test').click();
    await vi.waitFor(async () => expect(await page.getByText('Taken.').count()).toBe(3), patient);
    expect(collector.complaints).toEqual([]);
    await button('Turn on').click();
    await page.getByRole('region', { name: 'Sending now' }).waitFor();
    await vi.waitFor(async () => expect(await page.getByText('Up to date').count()).toBe(3), patient);
    expect(await seriousViolations()).toEqual([]);
    await button('Turn off').click();
    await page.getByRole('region', { name: 'Sending now' }).waitFor({ state: 'detached' });
  });

  it('shows the token for figures once, and it works until it is ended (security)', async () => {
    await visit('/settings/export');
    await button('Make a token').click();
    const token = (await page.getByRole('dialog').locator('pre').textContent()) ?? '';
    expect(token).toMatch(/^sgm_/);
    await button('Done').click();
    await button('Make a new token').waitFor();
    expect(await page.content()).not.toContain(token);
    const url = `${new URL(page.url()).origin}/metrics`;
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(url, { headers })).status).toBe(200);
    await button('End it').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End' }).click();
    await page.getByText('No token, so nothing can be fetched').waitFor();
    expect((await fetch(url, { headers })).status).toBe(404);
  });

  it('copies diagnostics without names or addresses (security)', async () => {
    await visit('/settings/about');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await button('Copy diagnostics').click();
    await button('Copied').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(text)).toMatchObject({ host: 'headless', telemetry: { on: false } });
    for (const secret of [folder, collector.url, 'sgm_']) expect(text).not.toContain(secret);
  });
});
