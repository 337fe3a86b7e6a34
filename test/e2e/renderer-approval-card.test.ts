import { beforeEach, describe, expect, it } from 'vitest';
import { armingMs } from '../../renderer/features/approvals/arming.ts';
import { arm, decided, isOff, open, page, prepareCardPage, requests, settle } from '../helpers/card-page.ts';

/** The small approval window over a scripted channel, in a real browser whose clock the test moves. */
prepareCardPage('card');

beforeEach(async () => {
  await open('?window=approval');
  await page.getByRole('button', { name: 'Approve once' }).waitFor();
});

const approve = () => page.getByRole('button', { name: 'Approve once' });
const deny = () => page.getByRole('button', { name: 'Deny', exact: true });
/** Shows the second question, a harmless one with nothing folded. */
const showReadCard = () => page.getByRole('button', { name: 'Next' }).click();

describe('the approval card, before a person means it', () => {
  it('keeps both answers off until it has stood for a moment (security)', async () => {
    await expect.poll(() => isOff('Deny')).toBe(true);
    await deny().click({ force: true });
    await page.keyboard.press('Control+Backspace');
    expect(await decided()).toEqual([]);
    await arm();
    await expect.poll(() => isOff('Deny')).toBe(false);
  });

  it('starts with the focus on no button, and neither Enter, Space nor a letter answers (security)', async () => {
    await showReadCard();
    await arm();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('ARTICLE');
    for (const key of ['Enter', ' ', 'a', 'd', 'y']) {
      await page.keyboard.press(key);
      await arm();
    }
    expect(await decided()).toEqual([]);
  });

  it('starts over when a key is pressed that may have been meant for something else (security)', async () => {
    await arm();
    await page.keyboard.press('x');
    await expect.poll(() => isOff('Deny')).toBe(true);
    await page.keyboard.press('Control+Backspace');
    expect(await decided()).toEqual([]);
  });

  it('swallows the click that activates the window (security)', async () => {
    await arm();
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await deny().click({ force: true });
    expect(await decided()).toEqual([]);
  });

  it('does not count a click whose press began before the button was on (security)', async () => {
    const box = await deny().boundingBox();
    if (box === null) throw new Error('the button is not drawn');
    await page.mouse.move(box.x + 40, box.y + 10);
    await page.mouse.down();
    await arm();
    await page.mouse.up();
    expect(await decided()).toEqual([]);
    await deny().click();
    await expect.poll(() => decided()).toHaveLength(1);
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
    await expect.poll(() => isOff('Deny')).toBe(true);
    await arm();
    await deny().click();
    await expect.poll(() => decided()).toMatchObject([{ digest: 'another', verdict: 'deny' }]);
  });

  it('holds Approve on a high tier until every folded text was expanded (security)', async () => {
    await arm();
    await expect.poll(() => isOff('Approve once')).toBe(true);
    await page.keyboard.press('Control+Enter');
    expect(await decided()).toEqual([]);
    await page.getByRole('button', { name: /more characters, expand/ }).click();
    await arm();
    await expect.poll(() => isOff('Approve once')).toBe(false);
    await approve().click();
    await expect.poll(() => decided()).toMatchObject([{ verdict: 'approve', input: 'pointer' }]);
  });
});

describe('the approval card, answered', () => {
  it('sends exactly what was shown, with how and when it was answered', async () => {
    await showReadCard();
    await arm();
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => decided()).toHaveLength(1);
    const [decision] = await decided();
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
    await expect.poll(() => isOff('Approve once')).toBe(true);
    await arm();
    await deny().click();
    await page.clock.runFor(50);
    await page.getByText('Nothing is waiting.').waitFor();
    const answered = async () => (await decided()).map((params) => (params as { id: string }).id);
    await expect.poll(answered).toEqual(['approval-0', 'approval-4']);
  });

  it('decides nothing when it is put away', async () => {
    await arm();
    await page.keyboard.press('Escape');
    expect(await decided()).toEqual([]);
  });

  it('sends a reason with a refusal', async () => {
    await page.clock.resume();
    await page.getByRole('button', { name: 'Deny with a reason' }).click();
    await page.getByRole('menuitem', { name: 'Too broad' }).click();
    await expect.poll(() => decided()).toMatchObject([{ verdict: 'deny', denyReason: 'too_broad' }]);
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
    expect(await decided()).toEqual([]);
    await confirm.click();
    await expect
      .poll(() => decided())
      .toMatchObject([{ verdict: 'deny', denyReason: 'other', denyNote: 'Use staging' }]);
  });
});

describe('the approval card, while the queue goes on', () => {
  const emit = (events: string) =>
    page.evaluate((what) => {
      const { fake } = window;
      const [first] = fake.snapshot.approvals;
      const [call] = fake.snapshot.calls;
      const [agent] = fake.snapshot.agents;
      if (first === undefined || call === undefined || agent === undefined) throw new Error('nothing is scripted');
      if (what === 'storm') {
        for (let at = 0; at < 8; at += 1) {
          const approval = { ...first, id: `more-${at}`, digest: `more ${at}` };
          fake.emit({ type: 'approval.changed', approval });
        }
        const other = { ...first, id: 'other', digest: 'other', agentId: 'agent-2' };
        fake.emit({ type: 'approval.changed', approval: other });
        return;
      }
      fake.emit({ type: 'call.changed', call: { ...call, durationMs: 4711 } });
      fake.emit({ type: 'agent.changed', agent: { ...agent, sessions: 7 } });
      fake.emit({ type: 'approvals.changed', state: { ...fake.snapshot.approvalState, toReview: 5 } });
      fake.emit({ type: 'approval.changed', approval: { ...first, waiting: 3, expiresAt: first.expiresAt + 1000 } });
    }, events);

  for (const events of ['news of all kinds', 'storm']) {
    it(`keeps a menu open under the pointer: ${events}`, async () => {
      await page.clock.resume();
      await page.getByRole('button', { name: 'Deny with a reason' }).click();
      const item = page.getByRole('menuitem', { name: 'Too broad' });
      const drawn = await item.elementHandle();
      await emit(events);
      await (events === 'storm' ? page.getByText(/^\d of 3$/) : page.getByText('3 identical calls wait')).waitFor();
      expect(await drawn?.isVisible()).toBe(true);
      await item.click();
      await expect.poll(() => decided()).toMatchObject([{ id: 'approval-0', denyReason: 'too_broad' }]);
    });
  }

  it('takes the person’s word that they go away, and that they are back', async () => {
    await page.clock.resume();
    await page.getByRole('button', { name: 'I am away' }).click();
    await page.getByRole('button', { name: 'I am back' }).click();
    await page.getByRole('button', { name: 'I am away' }).waitFor();
    expect(await requests('approvals.setAway')).toEqual([{ away: true }, { away: false }]);
  });
});

describe('the approval card, with a value that looks secret', () => {
  const show = async (tier: 'destructive' | 'write') => {
    await page.evaluate((wanted) => {
      const [approval] = window.fake.snapshot.approvals;
      if (approval === undefined) throw new Error('nothing waits');
      const args = { user: 'ada', password: '••••••••', note: '••••••••' };
      const masked = [{ path: ['password'], length: 12 }];
      const changed = {
        ...approval,
        digest: 'secret',
        arguments: args,
        masked,
        risk: { ...approval.risk, tier: wanted },
      };
      window.fake.snapshot.approvals[0] = changed;
      window.fake.emit({ type: 'approval.changed', approval: changed });
    }, tier);
    await page.clock.runFor(50);
  };
  const tree = () => page.locator('.tree').textContent();

  it('says how long it is, and shows it only when asked (security)', async () => {
    await show('destructive');
    await expect.poll(tree).toContain('passwordLooks secret, hidden: 12 characters');
    // a text that only looks like our mask is shown as what it is
    await expect.poll(tree).toContain('note"••••••••"');
    await arm();
    await page.getByText('1 hidden value to reveal first').waitFor();
    await page.keyboard.press('Control+Enter');
    expect(await decided()).toEqual([]);
    await page.getByRole('button', { name: 'Reveal' }).click();
    await settle();
    await expect.poll(tree).toContain('password"real password"');
    expect(await requests('approvals.reveal')).toMatchObject([{ id: 'approval-0', digest: 'secret' }]);
    await arm();
    await expect.poll(() => isOff('Approve once')).toBe(false);
  });

  it('does not have to be revealed below the high tiers, but before an edit it is (security)', async () => {
    await show('write');
    await expect.poll(tree).toContain('hidden: 12 characters');
    await arm();
    await expect.poll(() => isOff('Approve once')).toBe(false);
    await page.getByRole('button', { name: 'Edit…' }).click();
    await settle();
    await expect.poll(() => page.getByRole('textbox', { name: 'password' }).inputValue()).toBe('real password');
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
    await expect.poll(() => page.locator('.card img').count()).toBe(0);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    await expect.poll(() => page.locator('.tree').textContent()).toContain(markup);
  });

  it('shows hidden characters, mixed scripts and the real host (security)', async () => {
    const tree = page.locator('.tree');
    await expect.poll(() => tree.textContent()).toContain('U+200B zero width');
    await expect.poll(() => tree.textContent()).toContain('mixes Latin and Cyrillic');
    await expect.poll(() => tree.locator('b').allTextContents()).toEqual(['evil.example']);
  });
});
