import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { armingMs } from '../../renderer/features/approvals/arming.ts';
import { launchBrowser } from '../helpers/browser.ts';
import type { FakeChannel } from '../renderer/fake-channel.ts';
import { type ServedPage, servePage } from '../renderer/page/serve-page.ts';

declare global {
  interface Window {
    fake: FakeChannel;
  }
}

/** The small approval window over a scripted channel, in a real browser whose clock the test moves. */
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
  served = await servePage('card');
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

beforeEach(async (context) => {
  if (browser === null) context.skip(missing);
  const opened = await browser?.newPage({ viewport: { width: 520, height: 684 } });
  if (opened === undefined) throw new Error('no page');
  page = opened;
  // The page's clock stands still but for what a test lets pass.
  await page.clock.install({ time: new Date('2026-01-05T14:02:00Z') });
  await page.clock.pauseAt(new Date('2026-01-05T14:02:14Z'));
  await page.goto(`${served?.address}?window=approval`);
  await page.getByRole('button', { name: 'Approve once' }).waitFor();
});

afterEach(async () => {
  await page?.close();
});

const approve = () => page.getByRole('button', { name: 'Approve once' });
const deny = () => page.getByRole('button', { name: 'Deny', exact: true });
const isOff = (button: ReturnType<typeof deny>) => button.getAttribute('aria-disabled').then((off) => off === 'true');
const arm = () => page.clock.runFor(armingMs + 50);
const sent = () =>
  page.evaluate(() =>
    window.fake.requests.filter((request) => request.method === 'approvals.decide').map((request) => request.params),
  );
/** Shows the second question, a harmless one with nothing folded. */
const showReadCard = () => page.getByRole('button', { name: 'Next' }).click();

describe('the approval card, before a person means it', () => {
  it('keeps both answers off until it has stood for a moment (security)', async () => {
    expect(await isOff(deny())).toBe(true);
    await deny().click({ force: true });
    await page.keyboard.press('Control+Backspace');
    expect(await sent()).toEqual([]);
    await arm();
    expect(await isOff(deny())).toBe(false);
  });

  it('starts with the focus on no button, and neither Enter, Space nor a letter answers (security)', async () => {
    await showReadCard();
    await arm();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('ARTICLE');
    for (const key of ['Enter', ' ', 'a', 'd', 'y']) {
      await page.keyboard.press(key);
      await arm();
    }
    expect(await sent()).toEqual([]);
  });

  it('starts over when a key is pressed that may have been meant for something else (security)', async () => {
    await arm();
    await page.keyboard.press('x');
    expect(await isOff(deny())).toBe(true);
    await page.keyboard.press('Control+Backspace');
    expect(await sent()).toEqual([]);
  });

  it('swallows the click that activates the window (security)', async () => {
    await arm();
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await deny().click({ force: true });
    expect(await sent()).toEqual([]);
  });

  it('does not count a click whose press began before the button was on (security)', async () => {
    const box = await deny().boundingBox();
    if (box === null) throw new Error('the button is not drawn');
    await page.mouse.move(box.x + 40, box.y + 10);
    await page.mouse.down();
    await arm();
    await page.mouse.up();
    expect(await sent()).toEqual([]);
    await deny().click();
    expect(await sent()).toHaveLength(1);
  });

  it('starts over when the question changes under it (security)', async () => {
    await arm();
    await page.evaluate(() => {
      const approval = window.fake.snapshot.approvals[0];
      if (approval !== undefined) {
        window.fake.emit({ type: 'approval.changed', approval: { ...approval, digest: 'another' } });
      }
    });
    await page.clock.runFor(50);
    expect(await isOff(deny())).toBe(true);
    await arm();
    await deny().click();
    expect(await sent()).toMatchObject([{ digest: 'another', verdict: 'deny' }]);
  });

  it('holds Approve on a high tier until every folded text was expanded (security)', async () => {
    await arm();
    expect(await isOff(approve())).toBe(true);
    await page.keyboard.press('Control+Enter');
    expect(await sent()).toEqual([]);
    await page.getByRole('button', { name: /more characters, expand/ }).click();
    await arm();
    expect(await isOff(approve())).toBe(false);
    await approve().click();
    expect(await sent()).toMatchObject([{ verdict: 'approve', input: 'pointer' }]);
  });
});

describe('the approval card, answered', () => {
  it('sends exactly what was shown, with how and when it was answered', async () => {
    await showReadCard();
    await arm();
    await page.keyboard.press('Control+Enter');
    const [decision] = await sent();
    expect(decision).toMatchObject({
      id: 'approval-4',
      digest: 'digest-of-approval-4',
      verdict: 'approve',
      denyReason: null,
      denyNote: null,
      input: 'keyboard',
    });
    const { shownAt, armedAt } = decision as { shownAt: number; armedAt: number };
    expect(armedAt - shownAt).toBeGreaterThanOrEqual(armingMs);
  });

  it('moves to the next question and arms anew for it (security)', async () => {
    await arm();
    await deny().click();
    await page.clock.runFor(50);
    await page.getByText('1 of 1').waitFor();
    expect(await isOff(approve())).toBe(true);
    await arm();
    await deny().click();
    await page.clock.runFor(50);
    await page.getByText('Nothing is waiting.').waitFor();
    expect((await sent()).map((params) => (params as { id: string }).id)).toEqual(['approval-0', 'approval-4']);
  });

  it('decides nothing when it is put away', async () => {
    await arm();
    await page.keyboard.press('Escape');
    expect(await sent()).toEqual([]);
  });

  it('sends a reason with a refusal', async () => {
    await page.clock.resume();
    await page.getByRole('button', { name: 'Deny with a reason' }).click();
    await page.getByRole('menuitem', { name: 'Too broad' }).click();
    expect(await sent()).toMatchObject([{ verdict: 'deny', denyReason: 'too_broad' }]);
  });

  it('does not answer by a chord while a reason is being typed (security)', async () => {
    await showReadCard();
    await page.clock.resume();
    await page.getByRole('button', { name: 'Deny with a reason' }).click();
    await page.getByRole('menuitem', { name: 'Another reason…' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('Use staging');
    const confirm = page.getByRole('dialog').getByRole('button', { name: 'Deny' });
    await confirm.and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('Control+Enter');
    expect(await sent()).toEqual([]);
    await confirm.click();
    expect(await sent()).toMatchObject([{ verdict: 'deny', denyReason: 'other', denyNote: 'Use staging' }]);
  });
});

describe('the approval card, shown hostile text', () => {
  it('draws what agents and servers wrote as text, never as markup (security)', async () => {
    const markup = '<img src=x onerror="window.pwned=1"><b>bold</b>';
    await page.evaluate((text) => {
      const approval = window.fake.snapshot.approvals[0];
      if (approval === undefined) return;
      const hostile = { agentName: text, tool: text, subject: text, toolDescription: text, clientName: text };
      const named = { ...approval, ...hostile, arguments: { [text]: text } };
      window.fake.emit({ type: 'approval.changed', approval: { ...named, digest: 'hostile' } });
    }, markup);
    await page.clock.runFor(50);
    await page.getByText('Text from the server, not checked').waitFor();
    expect(await page.locator('.card img').count()).toBe(0);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(await page.locator('.tree').textContent()).toContain(markup);
  });

  it('shows hidden characters, mixed scripts and the real host (security)', async () => {
    const tree = page.locator('.tree');
    expect(await tree.textContent()).toContain('U+200B zero width');
    expect(await tree.textContent()).toContain('mixes Latin and Cyrillic');
    expect(await tree.locator('b').allTextContents()).toEqual(['evil.example']);
  });
});
