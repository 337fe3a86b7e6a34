import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { armingMs } from '../../renderer/features/approvals/arming.ts';
import type { FakeChannel } from '../renderer/fake-channel.ts';
import { type ServedPage, servePage } from '../renderer/page/serve-page.ts';
import { launchBrowser, letDraw } from './browser.ts';

declare global {
  interface Window {
    fake: FakeChannel;
  }
}

/** What tests of cards share: a scripted channel, drawn in a real browser. */
let served: ServedPage | null = null;
let browser: Browser | null = null;

/** The page of the running test, once it has opened one. */
export let page: Page;

/** Builds the scripted page under a name of its own and starts a browser, for all tests of a file. */
export function prepareCardPage(name: string): void {
  let missing = '';
  beforeAll(async () => {
    const bench = await launchBrowser();
    if ('missing' in bench) {
      missing = bench.missing;
      return;
    }
    browser = bench.browser;
    served = await servePage(name);
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
}

/** A new page. `clock` 'still': its clock stands still but for what a test lets pass. */
export async function open(
  path: string,
  size = { width: 520, height: 684 },
  clock: 'still' | 'runs' = 'still',
): Promise<void> {
  const context = await browser?.newContext({ viewport: size, reducedMotion: 'reduce' });
  const opened = await context?.newPage();
  if (opened === undefined) throw new Error('no page');
  page = opened;
  if (clock === 'still') {
    await page.clock.install({ time: new Date('2026-01-05T14:02:00Z') });
    await page.clock.pauseAt(new Date('2026-01-05T14:02:14Z'));
  }
  await page.goto(`${served?.address}${path}`);
}

/** The second card: harmless, nothing folded. */
export async function openReadCard(size?: { width: number; height: number }): Promise<void> {
  await open('?window=approval', size);
  await page.getByRole('button', { name: 'Next' }).click();
  await settle();
  await page.getByRole('radio', { name: '1 hour' }).waitFor();
}

export const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });

export const isOff = (name: string | RegExp) =>
  button(name)
    .getAttribute('aria-disabled')
    .then((off) => off === 'true');

/** Long enough for the engine to be asked and its answer to be drawn, too short to arm. */
export async function settle(): Promise<void> {
  for (const step of [350, 30, 30, 30]) {
    await letDraw(page);
    await page.clock.runFor(step);
  }
  await letDraw(page);
}

export async function arm(): Promise<void> {
  await letDraw(page);
  await page.clock.runFor(armingMs + 50);
  await letDraw(page);
}

/** The parameters of every request for one method so far. */
export const requests = (method: string) =>
  page.evaluate(
    (wanted) =>
      window.fake.requests
        .filter((request) => request.method === wanted)
        .map((request) => request.params as Record<string, unknown>),
    method,
  );

export const decided = () => requests('approvals.decide');
