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
  settle,
} from '../helpers/card-page.ts';

/** What a person does on a card beyond answering it, over a scripted channel in a real browser. */
prepareCardPage('remember');

describe('remembering an answer', () => {
  it('is once unless something else is chosen, and then it sends nothing to remember (security)', async () => {
    await openReadCard();
    await expect.poll(() => page.getByRole('radio', { name: 'Once' }).getAttribute('aria-checked')).toBe('true');
    await arm();
    await button('Approve once').click();
    await expect.poll(() => decided()).toMatchObject([{ verdict: 'approve', remember: null, edited: null }]);
  });

  it('says on the button and in a sentence what it becomes, and arms anew for every change (security)', async () => {
    await openReadCard();
    await arm();
    await expect.poll(() => isOff('Approve once')).toBe(false);
    await page.getByRole('radio', { name: '1 hour' }).click();
    await expect.poll(() => isOff('Approve for 1 hour')).toBe(true);
    const sentence = page.locator('.remember .quote');
    await expect.poll(() => sentence.textContent()).toContain('with exactly these arguments');
    await arm();
    await page.getByLabel('A pattern').click();
    await expect.poll(() => isOff('Approve for 1 hour')).toBe(true);
    await arm();
    await page.getByRole('checkbox', { name: /^sql/ }).click();
    await expect.poll(() => isOff('Approve for 1 hour')).toBe(true);
    await expect
      .poll(() => sentence.textContent())
      .toContain('database is "shop_staging", with any sql and no other arguments');
    await arm();
    await button('Approve for 1 hour').click();
    const match = { kind: 'pattern', arguments: { database: { kind: 'same' }, sql: { kind: 'any' } } };
    await expect.poll(() => decided()).toMatchObject([{ remember: { duration: '1h', match } }]);
  });

  it('says how many calls of the past it would have matched, and when the log cannot tell', async () => {
    await openReadCard();
    await page.getByRole('radio', { name: '15 min' }).click();
    await settle();
    await page.getByText('the log cannot tell').waitFor();
    await page.getByLabel('Any arguments').click();
    await settle();
    await page.getByText('Would have matched 41 calls in the last 30 days.').waitFor();
  });

  it('holds Approve on what the engine would refuse, and says why (security)', async () => {
    await openReadCard();
    await page.evaluate(() => {
      window.fake.answers['approvals.preview'] = () => ({
        sentence: [],
        needsStepUp: false,
        refusal: 'Every call of this tool asks.',
        past: { matched: 0, atLeast: 0, calls: 0, since: 0 },
      });
    });
    await page.getByRole('radio', { name: '1 hour' }).click();
    await settle();
    await page.getByText('Every call of this tool asks.').waitFor();
    await arm();
    await expect.poll(() => isOff('Approve for 1 hour')).toBe(true);
    await page.keyboard.press('Control+Enter');
    expect(await decided()).toEqual([]);
  });

  it('locks Always on a high tier without a step-up, says why, and never offers any arguments there (security)', async () => {
    await open('?window=approval');
    const always = page.getByRole('radio', { name: 'Always' });
    await settle();
    await always.waitFor();
    await expect.poll(() => always.isDisabled()).toBe(true);
    await page.getByText('Always: This host cannot check who is there.').waitFor();
    await page.getByRole('radio', { name: '1 hour' }).click();
    await page.getByText('Any arguments: Not for tools that destroy data').waitFor();
    await expect.poll(() => page.getByLabel('Any arguments').count()).toBe(0);
  });

  it('takes nothing of one question over to the next (security)', async () => {
    await openReadCard();
    await page.getByRole('radio', { name: 'Until I quit' }).click();
    await button('Previous').click();
    await settle();
    await button('Approve once').waitFor();
    await button('Next').click();
    await settle();
    await button('Approve once').waitFor();
  });

  it('is reached by keyboard alone, and Tab never answers (security)', async () => {
    await openReadCard();
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.textContent === 'Once')) break;
    }
    await page.keyboard.press('ArrowRight');
    await button('Approve for 15 min').waitFor();
    await arm();
    await page.keyboard.press('Control+Enter');
    await expect
      .poll(() => decided())
      .toMatchObject([{ input: 'keyboard', remember: { duration: '15m', match: { kind: 'exact' } } }]);
  });
});

describe('the last approved call', () => {
  it('names what is other now and marks it among the arguments', async () => {
    await openReadCard();
    await page.getByText(/Other than in the call you approved/).waitFor();
    await button('Show changes').click();
    await expect.poll(() => page.locator('.tree .removed dd').textContent()).toContain("'paid'");
    await expect.poll(() => page.locator('.tree .added dd').textContent()).toContain("'open'");
  });
});

describe('an edit, then the approval', () => {
  const edit = async (name: string, text: string) => {
    await button('Edit…').click();
    await page.getByRole('textbox', { name }).fill(text);
    await settle();
    await button('Use these arguments').and(page.locator(':enabled')).click();
  };

  it('shows both versions, arms anew, and sends the new one (security)', async () => {
    await openReadCard();
    await arm();
    await edit('database', 'shop_test');
    await expect.poll(() => isOff('Approve edited')).toBe(true);
    await expect.poll(() => page.locator('.tree .removed dd').textContent()).toContain('shop_staging');
    await expect.poll(() => page.locator('.tree .added dd').textContent()).toContain('shop_test');
    await arm();
    await button('Approve edited').click();
    await expect.poll(() => decided()).toHaveLength(1);
    const [decision] = await decided();
    expect(decision).toMatchObject({ verdict: 'approve', digest: 'digest-of-approval-4' });
    expect(decision?.edited).toMatchObject({ database: 'shop_test' });
  });

  it('lets nothing be approved while it is under way, by button or chord (security)', async () => {
    await openReadCard();
    await button('Edit…').click();
    await arm();
    await expect.poll(() => isOff('Approve once')).toBe(true);
    await page.getByText('Finish or cancel the edit first').waitFor();
    await page.keyboard.press('Control+Enter');
    await button('Approve once').focus();
    await page.keyboard.press('Control+Enter');
    expect(await decided()).toEqual([]);
  });

  it('keeps to what the engine finds fit, and says what is wrong (security)', async () => {
    await openReadCard();
    await button('Edit…').click();
    await page.getByRole('textbox', { name: 'database' }).fill('forbidden');
    await settle();
    await page.getByText('A rule blocks the call with these arguments.').waitFor();
    await expect.poll(() => button('Use these arguments').isDisabled()).toBe(true);
    await page.getByRole('radio', { name: 'JSON' }).click();
    await page.getByRole('textbox', { name: 'Arguments as JSON' }).fill('{"database": }');
    await page.getByText(/This is not JSON/).waitFor();
    await expect.poll(() => button('Use these arguments').isDisabled()).toBe(true);
  });

  it('is undone by Cancel and by Esc, and Esc does not put the card away', async () => {
    await openReadCard();
    await button('Edit…').click();
    await page.getByRole('textbox', { name: 'database' }).fill('other');
    await page.keyboard.press('Escape');
    await button('Approve once').waitFor();
    await expect.poll(() => page.locator('.tree').textContent()).toContain('shop_staging');
    await edit('database', 'other');
    await button('Undo changes').click();
    await button('Approve once').waitFor();
    await arm();
    await button('Approve once').click();
    await expect.poll(() => decided()).toMatchObject([{ edited: null }]);
  });
});

describe('an edit of a file', () => {
  it('is shown line by line beside its arguments, as text', async () => {
    await open('?window=approval');
    await page.evaluate(() => {
      const approval = window.fake.snapshot.approvals[0];
      if (approval === undefined) return;
      const edits = [{ oldText: 'const a = 1;\nkeep();', newText: '<b>const a = 2;</b>\nkeep();' }];
      const args = { path: '/home/ada/web/src/cart.ts', edits };
      window.fake.emit({ type: 'approval.changed', approval: { ...approval, arguments: args, digest: 'edit' } });
    });
    await page.clock.runFor(50);
    const change = page.getByRole('region', { name: 'The change, line by line' });
    await change.waitFor();
    await expect.poll(() => change.locator('.removed').textContent()).toContain('const a = 1;');
    await expect.poll(() => change.locator('.added').textContent()).toContain('<b>const a = 2;</b>');
    await expect.poll(() => page.locator('.tree b').first().textContent()).toBe('/home');
  });
});
