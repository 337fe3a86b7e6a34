import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import type { FakeChannel } from '../renderer/fake-channel.ts';
import { type ServedPage, servePage } from '../renderer/page/serve-page.ts';

declare global {
  interface Window {
    fake: FakeChannel;
  }
}

/** The Approvals page beyond the queue: review, what is remembered, figures, settings. */
let served: ServedPage | null = null;
let browser: Browser | null = null;
let missing = '';
let page: Page;

beforeAll(async () => {
  const bench = await launchBrowser();
  if ('missing' in bench) {
    missing = bench.missing;
    return;
  }
  browser = bench.browser;
  served = await servePage('approvals-page');
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

beforeEach((context) => {
  if (browser === null) context.skip(missing);
});

afterEach(async () => {
  await page?.context().close();
});

async function open(view: string, size = { width: 900, height: 600 }): Promise<void> {
  const context = await browser?.newContext({ viewport: size });
  const opened = await context?.newPage();
  if (opened === undefined) throw new Error('no page');
  page = opened;
  await page.goto(`${served?.address}#/approvals/${view}`);
  await page.getByRole('heading', { name: 'Approvals' }).waitFor();
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const armed = (name: string) => button(name).and(page.locator('[aria-disabled=false]'));
const requests = (method: string) =>
  page.evaluate(
    (wanted) =>
      window.fake.requests
        .filter((request) => request.method === wanted)
        .map((request) => request.params as Record<string, unknown>),
    method,
  );

describe('what is to review', () => {
  it('shows each question whole, and allows the next identical call only once it was armed (security)', async () => {
    await open('review');
    await button('Allow next time').waitFor();
    expect(await page.locator('.tree').textContent()).toContain('legacy-site');
    expect(await page.getByRole('region', { name: 'Remember' }).count()).toBe(0);
    await armed('Allow next time').click();
    expect(await requests('approvals.allowNext')).toMatchObject([
      { id: 'review-1', digest: 'digest-of-review-1', input: 'pointer', armedAt: expect.any(Number) },
    ]);
    await page.getByText('To review 1').waitFor();
  });

  it('is dismissed one by one or whole', async () => {
    await open('review');
    await armed('Dismiss').click();
    await page.getByText('To review 1').waitFor();
    await button('Dismiss all').click();
    await page.getByText('Nothing to review').waitFor();
    expect(await requests('approvals.dismiss')).toEqual([{ ids: ['review-1'] }, { ids: ['review-2'] }]);
  });
});

describe('what is remembered', () => {
  it('stands with its time left, and can be shortened or ended, never extended (security)', async () => {
    await open('remembered');
    const row = page.getByRole('row', { name: /Cursor/ });
    await row.getByText(/in 4[12]:/).waitFor();
    await row.getByRole('button', { name: 'Shorten query' }).click();
    expect(await page.getByRole('menuitem').allTextContents()).toEqual(['In 5 min', 'In 15 min']);
    await page.getByRole('menuitem', { name: 'In 5 min' }).click();
    await row.getByText(/in [45]:/).waitFor();
    await row.getByRole('button', { name: 'End now' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByText('when ScopeGate quits').waitFor();
  });
});

describe('the figures', () => {
  it('say how much is asked and how it is answered, and lead to a narrower rule', async () => {
    await open('figures');
    await page.getByText('4.7').waitFor();
    await page.getByText('92 %').waitFor();
    await page.getByText(/31 % of your answers came within two seconds/).waitFor();
    await page.getByRole('link', { name: 'Make a rule…' }).click();
    expect(page.url()).toContain('#/policy/new/');
  });
});

describe('the settings', () => {
  it('change the time a question waits, within what the engine takes', async () => {
    await open('settings');
    await button('A question waits: 5 minutes').click();
    const offered = await page.getByRole('menuitemradio').allTextContents();
    expect([offered[0], offered.at(-1)]).toEqual(['30 seconds', '30 minutes']);
    await page.getByRole('menuitemradio', { name: '10 minutes' }).click();
    await button('A question waits: 10 minutes').waitFor();
    expect(await requests('approvals.setSettings')).toEqual([{ timeoutMs: 600_000 }]);
  });

  it('say what away does, and offer nothing about a lock the host does not see', async () => {
    await open('settings');
    expect(await page.getByRole('switch', { name: 'Away when the screen is locked' }).count()).toBe(0);
    await page.getByRole('switch', { name: 'I am away' }).click();
    await page.getByText('Questions are held and their time stands still.').waitFor();
    await button('I am back').click();
    await page.getByText('Questions are held and their time stands still.').waitFor({ state: 'detached' });
    expect(await requests('approvals.setAway')).toEqual([{ away: true }, { away: false }]);
  });
});

describe('every view', () => {
  for (const view of ['', 'review', 'remembered', 'history', 'figures', 'settings']) {
    it(`has no fault of accessibility and nothing cut off: ${view || 'waiting'}`, async () => {
      await open(view);
      await page.locator('.body').first().waitFor();
      // Buttons that arm are faint only while they are off.
      if (view === '' || view === 'review') await page.locator('.big.d[aria-disabled=false]').first().waitFor();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(900);
    });
  }
});
