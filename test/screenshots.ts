// Takes the README's pictures of the real app over a made-up working day: `node test/screenshots.ts`, under the project's
// own Node and with an up-to-date build. Needs a browser; the agents' port 7420 should be free, so that pictures show it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './helpers/browser.ts';
import { type Scene, startScene } from './helpers/scene.ts';

const target = join(import.meta.dirname, '..', 'assets', 'screenshots');
const themes = ['light', 'dark'] as const;

async function openPage(browser: Browser, scene: Scene): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  await page.goto(await scene.makeLink());
  await page.getByRole('heading', { name: 'Live' }).waitFor();
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(target, `${name}-${colorScheme}.png`) });
  }
}

async function shootAll(page: Page): Promise<void> {
  const card = page.getByRole('alertdialog', { name: 'Approval' });
  // the oldest question opens by itself
  await card.getByRole('button', { name: 'Approve once' }).and(page.locator('[aria-disabled=false]')).waitFor();
  await shoot(page, 'approval');
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });

  await page.locator('tr[data-call]', { hasText: 'authorized_keys' }).click();
  await page.getByText('Told to the agent').waitFor();
  await shoot(page, 'live');

  await page.getByRole('link', { name: 'Agents' }).click();
  await page.getByText('Claude Code').first().click();
  await page.getByRole('radiogroup', { name: /^delete_repository,/ }).waitFor();
  await page.mouse.move(0, 0);
  await shoot(page, 'agents');

  await page.getByRole('link', { name: 'Servers' }).click();
  await page
    .getByRole('button', { name: /calendar/ })
    .or(page.getByRole('link', { name: /calendar/ }))
    .first()
    .click();
  await page.getByRole('tab', { name: /^Review/ }).waitFor();
  await page.mouse.move(0, 0);
  await shoot(page, 'servers');
}

const folder = mkdtempSync(join(tmpdir(), 'scopegate-pictures-'));
const bench = await launchBrowser();
if ('missing' in bench) throw new Error(bench.missing);
const scene = await startScene(folder, Number(process.argv[2] ?? 7420));
try {
  mkdirSync(target, { recursive: true });
  const page = await openPage(bench.browser, scene);
  await page.getByText('No calls yet.').waitFor();
  await shoot(page, 'empty');
  // not logged in while the calls are played: no question opens over the page
  await page.close();
  await scene.play(700);
  const later = await openPage(bench.browser, scene);
  await shootAll(later);
} finally {
  await bench.browser.close();
  await scene.stop();
  rmSync(folder, { recursive: true, force: true });
}
