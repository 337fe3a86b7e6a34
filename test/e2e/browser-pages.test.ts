import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { patient } from '../helpers/gateway.ts';
import { type Scene, startScene } from '../helpers/scene.ts';

/** Every page with real content in it, as different people need it: both themes, a small window, the keyboard. */
let folder = '';
let bench: BrowserBench;
let scene: Scene;
let page: Page;

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-pages-'));
  scene = await startScene(folder, 0);
  const context = await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(patient.timeout);
});

afterAll(async () => {
  if ('missing' in bench) return;
  await bench.browser.close();
  await scene?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

const card = (): Locator => page.getByRole('alertdialog', { name: 'Approval' });

/** The places there are: how to get to each, and what stands there once it is drawn. */
const places: readonly (readonly [name: string, path: string, ready: () => Locator])[] = [
  ['Live', '/live', () => page.locator('tr[data-call]').first()],
  ['Live with a call', '/live', () => page.getByRole('complementary', { name: 'Call' })],
  ['Approvals', '/approvals', () => page.getByLabel(/^Approval: /)],
  ['the history of approvals', '/approvals/history', () => page.getByText('No question was answered yet')],
  ['Agents', '/agents', () => page.getByRole('radiogroup', { name: /^delete_repository,/ })],
  ['Servers', '/servers', () => page.getByRole('tab', { name: /^Tools/ })],
  ['Audit', '/audit', () => page.locator('tr[data-entry]').first()],
  ['Analytics', '/analytics', () => page.getByRole('figure', { name: 'Tools' })],
];

async function visit(name: string, path: string, ready: () => Locator): Promise<void> {
  await page.evaluate((to) => {
    window.location.hash = to;
  }, path);
  if (name === 'Live with a call') await page.locator('tr[data-call]').nth(4).click();
  await ready().waitFor();
}

async function seriousViolations(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** What sticks out of the window sideways, or of the page's own height. */
const overflow = () =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      const { left, right, width, height } = element.getBoundingClientRect();
      if (width === 0 || height === 0 || element.closest('.sr, [aria-hidden=true]')) return false;
      return right > window.innerWidth + 1 || left < -1;
    });
    return {
      sideways: scrollWidth - clientWidth,
      below: scrollHeight - clientHeight,
      out: wide.map((element) => `${element.tagName}.${element.className}`).slice(0, 5),
    };
  });
const none = { sideways: 0, below: 0, out: [] };

describe('the empty app', () => {
  it.each(['light', 'dark'] as const)('is free of serious accessibility faults in %s', async (colorScheme) => {
    if (page.url() === 'about:blank') await page.goto(await scene.makeLink());
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/live', '/approvals', '/agents', '/servers']) {
      await visit(path, path, () => page.getByRole('heading', { level: 1 }).first());
      expect(await seriousViolations()).toEqual([]);
    }
  });
});

describe('the approval card', () => {
  it('opens by itself when a question comes, and is free of serious accessibility faults in both themes', async () => {
    await visit('Live', '/live', () => page.getByRole('heading', { level: 1 }));
    await scene.play(0);
    await card().getByText('delete_repository').first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await card().getByRole('button', { name: 'Approve once' }).and(page.locator('[aria-disabled=false]')).waitFor();
      expect(await seriousViolations()).toEqual([]);
    }
  }, 90_000);

  it('shows a character that hides and the whole of the arguments (security)', async () => {
    await card().getByText('U+200B zero width').waitFor();
    await card().getByText('1 hidden character').waitFor();
    await page.setViewportSize({ width: 900, height: 600 });
    await expect.poll(() => overflow()).toEqual(none);
    const approve = card().getByRole('button', { name: 'Approve once' });
    await expect
      .poll(() => approve.evaluate((button) => button.getBoundingClientRect().bottom <= window.innerHeight))
      .toBe(true);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('Escape');
    await card().waitFor({ state: 'detached' });
  });
});

describe.each(places)('%s', (name, path, ready) => {
  it.each(['light', 'dark'] as const)('is free of serious accessibility faults in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await visit(name, path, ready);
    expect(await seriousViolations()).toEqual([]);
  });

  it('fits a window of 900 by 600', async () => {
    await page.setViewportSize({ width: 900, height: 600 });
    await visit(name, path, ready);
    await expect.poll(() => overflow()).toEqual(none);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
});

describe('the keyboard', () => {
  it('reaches every page, its help and its filter, and shows where the focus is', async () => {
    for (const [key, title] of [
      ['2', 'Approvals'],
      ['4', 'Servers'],
      ['3', 'Agents'],
      ['1', 'Live'],
    ] as const) {
      await page.keyboard.press(`Control+${key}`);
      await page.getByRole('link', { name: title }).and(page.locator('[aria-current=page]')).waitFor();
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.locator('tr[data-call]').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('outcome:denied');
    await page.keyboard.press('Enter');
    await page.locator('tr[data-call]', { hasText: 'Allowed' }).first().waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('tr[data-call]').count()).toBe(2);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Escape');
    await page.locator('tr[data-call]', { hasText: 'Allowed' }).first().waitFor();

    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const seen = new Set<string>();
    for (let presses = 0; presses < 24; presses++) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (element === null || element === document.body) return null;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        const within = element.closest('.field');
        const ringed =
          within === null ? '' : getComputedStyle(within).outlineStyle + getComputedStyle(within).boxShadow;
        const visible = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
        return { name: element.getAttribute('aria-label') ?? element.textContent ?? '', visible, ringed };
      });
      if (focus === null) continue;
      seen.add(focus.name.trim());
      expect(focus.visible || /solid|auto|rgb|oklch/.test(focus.ringed), `focus on ${focus.name}`).toBe(true);
    }
    for (const name of ['Live', 'Approvals', 'Agents', 'Servers', 'Copy address', 'Pause all agents']) {
      expect(
        [...seen].some((text) => text.startsWith(name)),
        `${name} in ${[...seen].join(' | ')}`,
      ).toBe(true);
    }
  });
});
