import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, it } from 'vitest';
import { button, open, page, prepareCardPage, requests } from '../helpers/card-page.ts';

/** The Approvals page beyond the queue: review, what is remembered, figures, settings. */
prepareCardPage('approvals-page');

const openView = (view: string, size = { width: 900, height: 600 }) => open(`#/approvals/${view}`, size, 'runs');
const armed = (name: string) => button(name).and(page.locator('[aria-disabled=false]'));

describe('what is to review', () => {
  it('shows each question whole, and allows the next identical call only once it was armed (security)', async () => {
    await openView('review');
    await button('Allow next time').waitFor();
    await expect.poll(() => page.locator('.tree').textContent()).toContain('legacy-site');
    await expect.poll(() => page.getByRole('region', { name: 'Remember' }).count()).toBe(0);
    await armed('Allow next time').click();
    await expect
      .poll(() => requests('approvals.allowNext'))
      .toMatchObject([{ id: 'review-1', digest: 'digest-of-review-1', input: 'pointer', armedAt: expect.any(Number) }]);
    await page.getByText('To review 1').waitFor();
  });

  it('is dismissed one by one or whole', async () => {
    await openView('review');
    await armed('Dismiss').click();
    await page.getByText('To review 1').waitFor();
    await button('Dismiss all').click();
    await page.getByText('Nothing to review').waitFor();
    await expect.poll(() => requests('approvals.dismiss')).toEqual([{ ids: ['review-1'] }, { ids: ['review-2'] }]);
  });
});

describe('what is remembered', () => {
  it('stands with its time left, and can be shortened or ended, never extended (security)', async () => {
    await openView('remembered');
    const row = page.getByRole('row', { name: /Cursor/ });
    await row.getByText(/in 4[12]:/).waitFor();
    await row.getByRole('button', { name: 'Shorten query' }).click();
    await expect.poll(() => page.getByRole('menuitem').allTextContents()).toEqual(['In 5 min', 'In 15 min']);
    await page.getByRole('menuitem', { name: 'In 5 min' }).click();
    await row.getByText(/in [45]:/).waitFor();
    await row.getByRole('button', { name: 'End now' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByText('when ScopeGate quits').waitFor();
  });
});

describe('the figures', () => {
  it('say how much is asked and how it is answered, and lead to a narrower rule', async () => {
    await openView('figures');
    await page.getByText('4.7').waitFor();
    await page.getByText('92 %').waitFor();
    await page.getByText(/31 % of your answers came within two seconds/).waitFor();
    await page.getByRole('link', { name: 'Make a rule…' }).click();
    await expect.poll(() => page.url()).toContain('#/policy/new/');
  });
});

describe('the settings', () => {
  it('change the time a question waits, within what the engine takes', async () => {
    await openView('settings');
    await button('A question waits: 5 minutes').click();
    await page.getByRole('menuitemradio').first().waitFor();
    const offered = await page.getByRole('menuitemradio').allTextContents();
    expect([offered[0], offered.at(-1)]).toEqual(['30 seconds', '30 minutes']);
    await page.getByRole('menuitemradio', { name: '10 minutes' }).click();
    await button('A question waits: 10 minutes').waitFor();
    await expect.poll(() => requests('approvals.setSettings')).toEqual([{ timeoutMs: 600_000 }]);
  });

  it('say what away does, and offer nothing about a lock the host does not see', async () => {
    await openView('settings');
    await expect.poll(() => page.getByRole('switch', { name: 'Away when the screen is locked' }).count()).toBe(0);
    await page.getByRole('switch', { name: 'I am away' }).click();
    await page.getByText('Questions are held and their time stands still.').waitFor();
    await button('I am back').click();
    await page.getByText('Questions are held and their time stands still.').waitFor({ state: 'detached' });
    await expect.poll(() => requests('approvals.setAway')).toEqual([{ away: true }, { away: false }]);
  });
});

describe('every view', () => {
  for (const view of ['', 'review', 'remembered', 'history', 'figures', 'settings']) {
    it(`has no fault of accessibility and nothing cut off: ${view || 'waiting'}`, async () => {
      await openView(view);
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
