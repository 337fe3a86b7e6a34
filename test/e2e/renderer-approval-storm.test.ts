import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { armingMs } from '../../renderer/features/approvals/arming.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { type FakeChannel, makeApproval } from '../renderer/fake-channel.ts';
import { type ServedPage, servePage } from '../renderer/page/serve-page.ts';

declare global {
  interface Window {
    fake: FakeChannel;
  }
}

/** Cards under pressure: too many, too large, too little room; over a scripted channel in a real browser. */
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
  served = await servePage('storm');
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

async function open(path: string, size = { width: 520, height: 684 }): Promise<void> {
  const context = await browser?.newContext({ viewport: size });
  const opened = await context?.newPage();
  if (opened === undefined) throw new Error('no page');
  page = opened;
  // The page's clock stands still but for what a test lets pass.
  await page.clock.install({ time: new Date('2026-01-05T14:02:00Z') });
  await page.clock.pauseAt(new Date('2026-01-05T14:02:14Z'));
  await page.goto(`${served?.address}${path}`);
}

/** The second card: harmless, nothing folded. */
async function openReadCard(size?: { width: number; height: number }): Promise<void> {
  await open('?window=approval', size);
  await page.getByRole('button', { name: 'Next' }).click();
  await settle();
  await page.getByRole('radio', { name: '1 hour' }).waitFor();
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const isOff = (name: string | RegExp) =>
  button(name)
    .getAttribute('aria-disabled')
    .then((off) => off === 'true');
/** Long enough for the engine to be asked and its answer to be drawn, too short to arm. */
async function settle(): Promise<void> {
  for (const step of [350, 30, 30, 30]) await page.clock.runFor(step);
}
const arm = () => page.clock.runFor(armingMs + 50);
const requests = (method: string) =>
  page.evaluate(
    (wanted) =>
      window.fake.requests
        .filter((request) => request.method === wanted)
        .map((request) => request.params as Record<string, unknown>),
    method,
  );
const decided = () => requests('approvals.decide');

describe('a storm', () => {
  it('stands as one card that can be denied as one, never approved (security)', async () => {
    await open('?window=approval&scene=storm');
    await page.getByText('has 9 waiting.').waitFor();
    expect(await button(/Approve/).count()).toBe(0);
    await button('Deny all').click({ force: true });
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Control+Backspace');
    expect(await requests('approvals.denyAll')).toEqual([]);
    await arm();
    await button('Deny all').click();
    await page.clock.runFor(50);
    await page.getByText('Nothing is waiting.').waitFor();
    expect(await requests('approvals.denyAll')).toMatchObject([{ agentId: 'agent-1', input: 'pointer' }]);
    expect(await decided()).toEqual([]);
  });

  it('lets each question be reviewed, and the agent be paused', async () => {
    await open('?window=approval&scene=storm');
    await arm();
    await button('Pause agent').click();
    expect(await requests('agents.setPaused')).toEqual([{ id: 'agent-1', paused: true }]);
    await button('Review').click();
    await page.getByText('1 of 9').waitFor();
    expect(await isOff('Approve once')).toBe(true);
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
    expect(await page.getByLabel('A pattern').count()).toBe(0);
    await arm();
    await button('Approve for 15 min').click();
    expect(await decided()).toMatchObject([{ remember: { duration: '15m', match: { kind: 'exact' } } }]);
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
      expect(await isInView('.decide')).toBe(true);
      if (size.height >= 540) expect(await isInView('.remember .quote')).toBe(true);
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
