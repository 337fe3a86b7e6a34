import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../helpers/browser.ts';
import { type ServedPage, servePage } from '../renderer/page/serve-page.ts';

/** The main window over a scripted channel, in a real browser. */
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
  served = await servePage('live');
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

beforeEach(async (context) => {
  if (browser === null) context.skip(missing);
  await open('');
});

afterEach(async () => {
  await page?.close();
});

async function open(hash: string, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  await page?.close();
  const context = await browser?.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  if (context === undefined) throw new Error('no browser');
  page = await context.newPage();
  await page.goto(`${served?.address}${hash}`);
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  await settle();
}

/** Until the page has nothing left to do: what is drawn listens to keys by then. */
const settle = () => page.evaluate(() => new Promise<void>((done) => void requestIdleCallback(() => done())));

const rows = () => page.locator('tr[data-call]');
const toolsOf = () => rows().locator('td:nth-child(5)').allTextContents();
const selected = () => page.locator('tr[aria-selected=true]').getAttribute('data-call');
const requests = (method: string) =>
  page.evaluate(
    (wanted) => window.fake.requests.filter((request) => request.method === wanted).map((request) => request.params),
    method,
  );

describe('the Live list', () => {
  it('shows a new call on top and lets a call settle where it stands', async () => {
    await page.evaluate(() => {
      const call = window.fake.snapshot.calls[1];
      if (call === undefined) return;
      window.fake.emit({ type: 'call.changed', call: { ...call, id: 'new', tool: 'fresh', at: Date.now() + 1 } });
      window.fake.emit({ type: 'call.changed', call: { ...call, status: 'settled', outcome: 'ok', durationMs: 1900 } });
    });
    await expect.poll(async () => (await toolsOf()).slice(0, 3)).toEqual(['fresh', 'delete_repository', 'navigate']);
    await expect.poll(() => rows().nth(2).textContent()).toContain('Allowed');
    await expect.poll(() => rows().nth(2).textContent()).toContain('1.9 s');
  });

  it('stands still once a row is chosen, counts what is new, and follows again with End', async () => {
    await page.getByText('acme/web #412').click();
    await page.evaluate(() => {
      const call = window.fake.snapshot.calls[3];
      for (let index = 0; index < 12 && call !== undefined; index += 1) {
        window.fake.emit({ type: 'call.changed', call: { ...call, id: `new-${index}`, at: Date.now() + index } });
      }
    });
    await page.getByRole('button', { name: '12 new calls' }).waitFor();
    expect((await toolsOf())[0]).toBe('delete_repository');
    await page.keyboard.press('End');
    await expect.poll(async () => (await toolsOf())[0]).toBe('list_pull_requests');
    await expect.poll(() => page.getByRole('button', { name: /new call/ }).count()).toBe(0);
  });

  it('goes on following while the chosen row moves out of sight', async () => {
    await page.getByText('acme/web #412').click();
    await page.keyboard.press('End');
    await page.evaluate(() => {
      const call = window.fake.snapshot.calls[3];
      for (let index = 0; index < 60 && call !== undefined; index += 1) {
        const at = Date.now() + index;
        window.fake.emit({ type: 'call.changed', call: { ...call, id: `new-${index}`, tool: `tool-${index}`, at } });
      }
    });
    await expect.poll(async () => (await toolsOf())[0]).toBe('tool-59');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('complementary', { name: 'Call' }).getByText('get_pull_request').waitFor();
  });

  it('is walked by j, k and the arrows, opened and left by Esc', async () => {
    await rows().first().waitFor();
    const ids = await rows().evaluateAll((all) => all.map((row) => row.getAttribute('data-call')));
    await page.keyboard.press('j');
    await expect.poll(() => selected()).toBe(ids[0]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await expect.poll(() => selected()).toBe(ids[1]);
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-activedescendant')).toBe(`call-${ids[1]}`);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('complementary', { name: 'Call' }).count()).toBe(0);
  });

  it('draws only the rows that can be seen, however many there are', async () => {
    await page.evaluate(() => {
      const call = window.fake.snapshot.calls[3];
      for (let index = 0; index < 3000 && call !== undefined; index += 1) {
        window.fake.emit({ type: 'call.changed', call: { ...call, id: `many-${index}`, at: Date.now() + index } });
      }
    });
    await page.getByText('3\u202f021 calls').waitFor();
    await expect.poll(() => rows().count()).toBeLessThan(80);
    await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount')).toBe('3022');
  });

  it('shows what the log holds when nothing has happened since the start, and else how to begin', async () => {
    await open('?scene=restarted');
    await page.getByText('50 calls').waitFor();
    await open('?scene=empty');
    await page.getByText('No calls yet.').waitFor();
    await page.getByRole('button', { name: 'Copy address' }).last().waitFor();
    await page.getByRole('link', { name: 'Go to Agents' }).waitFor();
  });

  it('reads older calls from the log at its end', async () => {
    await page.getByRole('button', { name: 'Older calls' }).click();
    await page.getByText('71 calls').waitFor();
    const [params] = await requests('calls.older');
    expect(params).toMatchObject({ before: { id: 'call-0020-7f3a9c' } });
    await page.getByText('These are all calls in the log.').waitFor({ state: 'attached' });
  });
});

describe('the Live filter', () => {
  it('takes typed tokens with suggestions and keeps them in the address', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('outc');
    await page
      .getByRole('option', { name: /^outcome/ })
      .first()
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.type('den');
    await page
      .getByRole('option', { name: /denied/ })
      .first()
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => toolsOf()).toEqual(['write_file', 'execute']);
    await expect.poll(() => page.url()).toContain('#/live/outcome%3Adenied');
    await page.reload();
    await expect.poll(() => toolsOf()).toEqual(['write_file', 'execute']);
    await page.getByRole('button', { name: 'Remove outcome denied' }).click();
    await expect.poll(async () => (await toolsOf()).length).toBeGreaterThan(2);
  });

  it('has the agents in a menu', async () => {
    await page.getByRole('button', { name: 'All agents' }).click();
    await page.getByRole('menuitem', { name: 'Codex' }).click();
    await expect.poll(() => toolsOf()).toEqual(['navigate', 'write_file', 'snapshot', 'click']);
  });
});

describe('the call pane', () => {
  it('sets the switch for the next call and takes it back', async () => {
    await page.getByText('~/.ssh/authorized_keys').click();
    await page.getByRole('button', { name: 'Next time' }).click();
    await page.getByRole('menuitem', { name: 'Never allow' }).click();
    const change = { agentId: 'agent-2', serverId: 'filesystem', toolName: 'write_file', effect: 'deny' };
    await expect.poll(() => requests('grants.set')).toEqual([{ changes: [change] }]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => requests('grants.set')).toHaveLength(2);
  });

  it('opens the card of a waiting call and puts it away again', async () => {
    await page.getByRole('button', { name: 'Review' }).first().click();
    const card = page.getByRole('alertdialog');
    await card.getByText('delete_repository').first().waitFor();
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    expect(await requests('approvals.decide')).toEqual([]);
  });
});

describe('the frame', () => {
  it('says when the engine is lost, keeps what it shows, and offers nothing that cannot work', async () => {
    await rows().first().waitFor();
    await page.evaluate(() => window.fake.setConnection(false, 3));
    await page.getByText('The engine stopped answering.').waitFor();
    await page.getByText('Reconnecting, try 3', { exact: true }).waitFor();
    await expect.poll(() => rows().count()).toBeGreaterThan(10);
    await expect.poll(() => page.getByRole('button', { name: 'Review' }).count()).toBe(0);
    await expect.poll(() => page.getByRole('switch', { name: 'Pause all agents' }).isDisabled()).toBe(true);
  });

  it('names who waits in the title and pauses everything with one switch', async () => {
    await expect.poll(() => page.title()).toBe('(2) ScopeGate');
    await page.getByRole('switch', { name: 'Pause all agents' }).click();
    await page.getByText('All agents are paused.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('All agents are paused.').waitFor({ state: 'detached' });
  });

  it('offers the free port when another program has ours, and takes it only when told', async () => {
    await rows().first().waitFor();
    await page.evaluate(() => {
      const fault = { code: 'port_taken', port: 7420, message: '', holder: 'node (pid 4711)', freePort: 7421 } as const;
      const engine = {
        ...window.fake.snapshot.engine,
        state: 'no_listener',
        mcpUrl: null,
        listenerFault: fault,
      } as const;
      window.fake.emit({ type: 'engine.changed', engine });
    });
    await page.getByText('Port 7420 is taken by node (pid 4711).').waitFor();
    expect(await requests('engine.setPort')).toEqual([]);
    await page.getByRole('button', { name: 'Use port 7421 instead' }).click();
    await expect.poll(() => requests('engine.setPort')).toEqual([{ port: 7421 }]);
  });

  it('lists every shortcut and changes pages by key', async () => {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+2');
    await page.getByRole('heading', { name: 'Approvals' }).waitFor();
  });
});

describe('accessibility', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, hash] of [
      ['Live', ''],
      ['Approvals', '#/approvals'],
      ['history', '#/approvals/history'],
      ['the approval window', '?window=approval'],
    ] as const) {
      it(`finds nothing wrong with ${name} in the ${colorScheme} theme`, async () => {
        if (hash.startsWith('?')) await openWindow(hash, colorScheme);
        else await open(hash, colorScheme);
        if (name === 'Live') await page.getByText('~/.ssh/authorized_keys').click();
        await page
          .getByText(name === 'history' ? 'Too broad' : 'Claude Code')
          .first()
          .waitFor();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
      });
    }
  }
});

async function openWindow(query: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await page?.close();
  const context = await browser?.newContext({
    viewport: { width: 520, height: 684 },
    colorScheme,
    reducedMotion: 'reduce',
  });
  if (context === undefined) throw new Error('no browser');
  page = await context.newPage();
  await page.goto(`${served?.address}${query}`);
}
