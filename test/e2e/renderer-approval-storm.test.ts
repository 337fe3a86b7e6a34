import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, it } from 'vitest';
import {
  arm,
  button,
  decided,
  isOff,
  open,
  openReadCard,
  page,
  prepareCardPage,
  requests,
  settle,
} from '../helpers/card-page.ts';
import { makeApproval } from '../renderer/fake-channel.ts';

/** Cards under pressure: too many, too large, too little room; over a scripted channel in a real browser. */
prepareCardPage('storm');

describe('a storm', () => {
  it('stands as one card that can be denied as one, never approved (security)', async () => {
    await open('?window=approval&scene=storm');
    await page.getByText('has 9 waiting.').waitFor();
    await expect.poll(() => button(/Approve/).count()).toBe(0);
    await button('Deny all').click({ force: true });
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+Backspace');
    expect(await requests('approvals.denyAll')).toEqual([]);
    await arm();
    await button('Deny all').click();
    await page.clock.runFor(50);
    await page.getByText('Nothing is waiting.').waitFor();
    await expect.poll(() => requests('approvals.denyAll')).toMatchObject([{ agentId: 'agent-1', input: 'pointer' }]);
    expect(await decided()).toEqual([]);
  });

  it('lets each question be reviewed, and the agent be paused', async () => {
    await open('?window=approval&scene=storm');
    await arm();
    await button('Pause agent').click();
    await expect.poll(() => requests('agents.setPaused')).toEqual([{ id: 'agent-1', paused: true }]);
    await button('Review').click();
    await page.getByText('1 of 9').waitFor();
    await expect.poll(() => isOff('Approve once')).toBe(true);
  });
});

describe('a card with hostile arguments', () => {
  it('offers no pattern over ten thousand, as nobody would read its sentence (security)', async () => {
    await open('?window=approval&scene=empty');
    await page.evaluate(() => {
      window.fake.answers['approvals.context'] = () => ({
        offer: {
          durations: Object.fromEntries(
            ['15m', '1h', 'until_quit', 'always'].map((name) => [
              name,
              { offered: true, reason: '', needsStepUp: false },
            ]),
          ),
          matches: Object.fromEntries(['exact', 'pattern', 'any'].map((name) => [name, { offered: true, reason: '' }])),
          arguments: Array.from({ length: 10_000 }, (_, index) => ({ name: `k${index}`, folders: [], host: null })),
        },
        inputSchema: null,
        lastApproved: null,
      });
    });
    await page.evaluate(
      (made) => {
        const args = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 'v\u202e']));
        const base = JSON.parse(made);
        window.fake.emit({
          type: 'approval.changed',
          approval: { ...base, arguments: { ...args, big: 'x'.repeat(1e6) } },
        });
      },
      JSON.stringify(makeApproval({ id: 'hostile', risk: { tier: 'write', reasons: [] }, expiresAt: 2e12 })),
    );
    await settle();
    await page.getByRole('radio', { name: '15 min' }).click();
    await expect.poll(() => page.getByLabel('A pattern').count()).toBe(0);
    await arm();
    await button('Approve for 15 min').click();
    await expect.poll(() => decided()).toMatchObject([{ remember: { duration: '15m', match: { kind: 'exact' } } }]);
  });
});

describe('how a card stands in its window', () => {
  const overflowing = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.card *')]
        .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
        .map((element) => element.className),
    );
  const isInView = (selector: string) =>
    page.locator(selector).evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top >= 0 && bottom <= window.innerHeight;
    });

  for (const size of [
    { width: 520, height: 684 },
    { width: 520, height: 540 },
    // twice as large: 200 %
    { width: 260, height: 342 },
  ]) {
    it(`cuts nothing off at ${size.width} × ${size.height}`, async () => {
      await openReadCard(size);
      await page.getByRole('radio', { name: '1 hour' }).click();
      await page.getByLabel('A pattern').click();
      await settle();
      expect(await overflowing()).toEqual([]);
      await expect.poll(() => isInView('.decide')).toBe(true);
      if (size.height >= 540) await expect.poll(() => isInView('.remember .quote')).toBe(true);
      await button('Edit…').click();
      expect(await overflowing()).toEqual([]);
    });
  }

  it('has no fault of accessibility, in any of its states', async () => {
    const check = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    };
    await openReadCard();
    await page.clock.resume();
    await page.getByRole('radio', { name: '1 hour' }).click();
    await page.getByLabel('A pattern').click();
    await button('Approve for 1 hour').and(page.locator('[aria-disabled=false]')).waitFor();
    expect(await check()).toEqual([]);
    await button('Edit…').click();
    expect(await check()).toEqual([]);
  });
});
