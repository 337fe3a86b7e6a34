import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openElectronBench, type StartedApp, startApp } from '../helpers/electron.ts';

/** What only the desktop app gives its pages: the save dialog's file, the system's clipboard, menus and keys. */
const bench = await openElectronBench();
const patient = { timeout: 30_000, interval: 100 };
const passphrase = 'six plain words are enough here';
const secret = 'canary-of-the-desktop-clipboard-0123456789';
let folder = '';
let started: StartedApp;
let page: Page;

beforeAll(async () => {
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-saved-'));
  started = await startApp(bench);
  page = await started.page('index.html');
  page.setDefaultTimeout(patient.timeout);
  await page.getByRole('link', { name: 'Credentials' }).waitFor();
  await started.app.evaluate(({ Menu, session }, target) => {
    // stands in for the person in the save dialog; a download that was refused before never gets here
    session.defaultSession.on('will-download', (event, item) => {
      if (event.defaultPrevented) return;
      item.setSavePath(`${target}/${item.getFilename()}`);
      item.once('done', (_done, state) => Reflect.set(globalThis, 'saved', { name: item.getFilename(), state }));
    });
    const build = Menu.buildFromTemplate;
    Menu.buildFromTemplate = (template) => {
      const menu = build(template);
      Reflect.set(globalThis, 'trayMenu', menu);
      return menu;
    };
  }, folder);
});
afterAll(async () => {
  if ('missing' in bench) return;
  await started?.close();
  await bench.desktop.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

/** The file that `act` makes, once it is whole on the disk. */
async function savedBy(act: () => Promise<void>): Promise<{ name: string; text: string }> {
  await started.app.evaluate(() => void Reflect.deleteProperty(globalThis, 'saved'));
  await act();
  const saved = await vi.waitFor(async () => {
    const done = await started.app.evaluate(
      () => Reflect.get(globalThis, 'saved') as { name: string; state: string } | undefined,
    );
    expect(done?.state).toBe('completed');
    return done;
  }, patient);
  const name = saved?.name ?? '';
  return { name, text: readFileSync(join(folder, name), 'utf8') };
}

const goTo = (digit: number) => page.keyboard.press(`ControlOrMeta+${digit}`);
const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

describe('the keys of the desktop app', () => {
  test('open every page', async () => {
    const names = ['Live', 'Approvals', 'Agents', 'Servers', 'Credentials', 'Policy', 'Audit', 'Analytics', 'Settings'];
    for (const [index, name] of names.entries()) {
      await goTo(index + 1);
      await heading(name);
    }
  });
});

describe('files of the desktop app', () => {
  test('hold the exported log and the evidence report', async () => {
    await goTo(7);
    await heading('Audit');
    await page.getByRole('button', { name: 'Export' }).click();
    const csv = await savedBy(() => page.getByRole('menuitem', { name: 'CSV, for a spreadsheet' }).click());
    expect(csv.name).toMatch(/^scopegate-audit-.*\.csv$/);
    expect(csv.text).toMatch(/^seq,time,event/);
    expect(csv.text).toContain('engine.started');
    const dialog = page.getByRole('dialog', { name: 'Exported' });
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await dialog.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'More for the log' }).click();
    await page.getByRole('menuitem', { name: 'Evidence report…' }).click();
    const report = await savedBy(() => page.getByRole('button', { name: 'Make report' }).click());
    expect(report.name).toMatch(/\.html$/);
    expect(report.text).toContain("default-src 'none'");
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('are saved of nothing but what a page of ours made (security)', async () => {
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'data:text/plain,not%20ours';
      link.download = 'stranger.txt';
      link.click();
    });
    await vi.waitFor(() => expect(started.log()).toContain('a download was refused'), patient);
    expect(existsSync(join(folder, 'stranger.txt'))).toBe(false);
  });
});

describe('the vault in the desktop app', () => {
  test('takes a secret from the system’s clipboard and empties it, but never what was copied since (security)', async () => {
    await page.evaluate(async (words) => {
      const bridge = Reflect.get(window, 'scopegate') as { request(request: object): Promise<unknown> };
      await bridge.request({ id: 1, method: 'vault.create', params: { passphrase: words } });
    }, passphrase);
    await page.getByRole('button', { name: /^Vault open/ }).waitFor();
    const clipboard = (text: string) => started.app.evaluate(({ clipboard: own }, given) => own.writeText(given), text);
    const onClipboard = () => started.app.evaluate(({ clipboard: own }) => own.readText());
    const add = async (name: string, later: string | null) => {
      await clipboard(secret);
      await page.getByRole('button', { name: 'Add a credential…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Add a credential' });
      await dialog.getByLabel('Name', { exact: true }).fill(name);
      await dialog.getByRole('button', { name: 'Paste' }).click();
      await dialog.getByText(/^Pasted\./).waitFor();
      expect(await dialog.getByLabel('Token').inputValue()).toBe(secret);
      if (later !== null) await clipboard(later);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await goTo(5);
    await heading('Credentials');
    await add('First', null);
    await expect.poll(onClipboard).toBe('');
    await add('Second', 'copied since');
    await page.getByRole('button', { name: 'Second' }).first().waitFor();
    expect(await onClipboard()).toBe('copied since');
  });

  test('is exported to a file without any value in plain (security)', async () => {
    await page.getByRole('link', { name: 'Vault', exact: true }).click();
    await page.getByRole('button', { name: 'Export…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export credentials' });
    await dialog.getByLabel('Passphrase of the vault').fill(passphrase);
    await dialog.getByLabel('Passphrase of the file').fill('another six words for it');
    await dialog.getByLabel('Once more').fill('another six words for it');
    const file = await savedBy(() => dialog.getByRole('button', { name: 'Export' }).click());
    expect(file.text.length).toBeGreaterThan(secret.length);
    expect(file.text).not.toContain(secret);
    await dialog.waitFor({ state: 'detached' });
  });

  test('is locked by key, and the tray shows it and locks it too', async () => {
    const labels = () =>
      started.app.evaluate(() => {
        const menu = Reflect.get(globalThis, 'trayMenu') as Electron.Menu | undefined;
        return menu?.items.map(({ label }) => label) ?? [];
      });
    await page.keyboard.press('ControlOrMeta+l');
    await page.getByText('Vault locked').first().waitFor();
    await expect.poll(labels).toContain('Vault is locked. Unlock…');
    expect(await labels()).toEqual(expect.arrayContaining(['Pause all agents', 'I am away', 'Open ScopeGate', 'Quit']));

    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await page.getByRole('button', { name: 'Unlock', exact: true }).last().click();
    await page.getByRole('button', { name: /^Vault open/ }).waitFor();
    await expect.poll(labels).toContain('Lock vault');
    await started.app.evaluate(() => {
      const menu = Reflect.get(globalThis, 'trayMenu') as Electron.Menu;
      menu.items.find(({ label }) => label === 'Lock vault')?.click();
    });
    await page.getByText('Vault locked').first().waitFor();
  });
});
