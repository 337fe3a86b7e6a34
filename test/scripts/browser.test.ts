import { afterAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';

const bench = await launchBrowser();

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});
afterAll(async () => {
  if ('browser' in bench) await bench.browser.close();
});

it('shows a page in a real browser', async () => {
  if ('missing' in bench) return;
  const page = await bench.browser.newPage();
  await page.setContent('<title>ready</title>');
  expect(await page.title()).toBe('ready');
});
