// Takes the README's pictures of the real app over a made-up working day: `node test/screenshots.ts`, under the project's
// own Node and with an up-to-date build. Needs a browser; the agents' port 7420 should be free, so that pictures show it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openStore } from '../electron/engine/store/open.ts';
import type { CredentialDraft, PolicyChange, Rule } from '../electron/shared/index.ts';
import { launchBrowser } from './helpers/browser.ts';
import { fillLog } from './helpers/busy-log.ts';
import { type Scene, startScene } from './helpers/scene.ts';

const target = join(import.meta.dirname, '..', 'assets', 'screenshots');
const themes = ['light', 'dark'] as const;

async function openPage(browser: Browser, scene: Scene): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  await page.goto(await scene.makeLink());
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(target, `${name}-${colorScheme}.png`) });
  }
}

/** Rules for the pictures; none of them touches a question that waits. */
async function addRules({ ui }: Scene): Promise<void> {
  const { agents } = await ui.request('snapshot', {});
  const idOf = (name: string) => agents.find((agent) => agent.name === name)?.id ?? '*';
  const plain = { enabled: true, agent: '*', limit: null, expiresAt: null } as const;
  const rules: Rule[] = [
    {
      ...plain,
      id: 'issues-in-two-repositories',
      name: 'Issues in our two repositories',
      effect: 'allow',
      agent: idOf('Claude Code'),
      server: 'github',
      tool: 'create_issue',
      conditions: [{ argument: 'repository', op: 'isOneOf', values: ['acme/web', 'acme/docs'] }],
      limit: { count: 10, per: 'min' },
    },
    {
      ...plain,
      id: 'look-at-checkout',
      name: 'Look at edits of the checkout',
      effect: 'ask',
      server: 'filesystem',
      tool: 'edit_file',
      conditions: [{ argument: 'path', op: 'startsWith', value: 'src/' }],
    },
    {
      ...plain,
      id: 'no-internal-pages',
      name: 'No internal pages',
      effect: 'deny',
      agent: idOf('Codex'),
      server: 'browser',
      tool: '*',
      conditions: [{ argument: 'url', op: 'hostUnder', value: 'internal.acme.example' }],
    },
    {
      ...plain,
      id: 'no-dropped-tables',
      name: 'No dropped tables',
      effect: 'deny',
      server: 'postgres',
      tool: 'execute',
      conditions: [{ argument: 'sql', op: 'matches', value: '(?i)\\b(drop|truncate)\\b' }],
    },
  ];
  const keys: PolicyChange = {
    kind: 'never',
    id: 'ssh-keys',
    value: {
      id: 'ssh-keys',
      name: 'Nobody touches my keys',
      server: '*',
      tool: '*',
      conditions: [{ argument: 'path', op: 'pathInside', value: '~/.ssh' }],
    },
  };
  const changes = [keys, ...rules.map((value): PolicyChange => ({ kind: 'rule', id: value.id, value }))];
  await ui.request('policy.change', { changes, version: null });
}

/** The second question, with what an answer may be remembered for. */
async function shootRemember(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Approvals/ }).click();
  await page.getByRole('region', { name: 'Waiting' }).getByText('Cursor').click();
  const question = page.getByRole('region', { name: 'Question' });
  await question.getByText('shop_staging').first().waitFor();
  await question.getByRole('radio', { name: '1 hour' }).click();
  await question.getByRole('radio', { name: 'A pattern' }).check();
  await question.getByRole('checkbox', { name: /^sql/ }).uncheck();
  await question
    .getByRole('button', { name: 'Approve for 1 hour' })
    .and(page.locator('[aria-disabled=false]'))
    .waitFor();
  await page.mouse.move(0, 0);
  await shoot(page, 'remember');
}

async function shootPolicy(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Policy' }).click();
  await page.getByTitle('Issues in our two repositories').click();
  await page.getByRole('tab', { name: 'Try it' }).waitFor();
  await page.mouse.move(0, 0);
  await shoot(page, 'policy');
}

/** Credentials of the made-up day; their values are made up too, and kept in a vault that goes with the folder. */
async function addCredentials({ ui }: Scene): Promise<void> {
  await ui.request('vault.create', { passphrase: 'for these pictures only' });
  const kept = (value: string): CredentialDraft['source'] => ({ from: 'vault', value });
  const add = async (draft: CredentialDraft, serverId: string | null, variable: string): Promise<void> => {
    const { id } = await ui.request('credentials.add', draft);
    if (serverId === null) return;
    const placement = { in: 'env', name: variable } as const;
    await ui.request('credentials.bind', { id, serverId, agentId: null, placement });
  };
  await add({ kind: 'env', name: 'GitHub, acme bot', source: kept('made-up-1') }, 'github', 'GITHUB_TOKEN');
  const database = { kind: 'basic', name: 'Shop database', username: 'reader', source: kept('made-up-2') } as const;
  await add(database, 'postgres', 'PGPASSWORD');
  const slack = { from: 'reference', reference: 'op://Private/Slack/token' } as const;
  await add({ kind: 'env', name: 'Slack workspace', source: slack }, 'slack', 'SLACK_TOKEN');
  await add({ kind: 'bearer', name: 'Old staging key', source: kept('made-up-3') }, null, '');
}

async function shootCredentials(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Credentials', exact: true }).first().click();
  await page.getByRole('button', { name: 'GitHub, acme bot' }).click();
  await page.getByRole('complementary').getByText('GITHUB_TOKEN').waitFor();
  await page.mouse.move(0, 0);
  await shoot(page, 'credentials');
}

/** Audit and Analytics over the log of three busy days. */
async function shootLog(browser: Browser, port: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-pictures-'));
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  const store = openStore({ file: join(folder, 'data', 'scopegate.db') });
  fillLog(store, 12_000, Date.now() - 60_000, 3);
  store.close();
  const scene = await startScene(folder, port);
  try {
    await scene.play(0);
    const page = await openPage(browser, scene);
    await page.getByRole('alertdialog', { name: 'Approval' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    await page.getByRole('button', { name: 'Verify all' }).click();
    await page.getByText('Chain verified').waitFor();
    // the index has read the whole log by then
    await page.getByText(/rows are not in this list yet/).waitFor({ state: 'detached' });
    await page.locator('tr[data-entry]', { hasText: 'create_issue' }).first().click();
    await page.getByText('Entries of this call').waitFor();
    await page.mouse.move(0, 0);
    await shoot(page, 'audit');
    await page.getByRole('link', { name: 'Analytics', exact: true }).click();
    await page.getByRole('figure', { name: 'Tools' }).waitFor();
    await page.mouse.move(0, 0);
    await shoot(page, 'analytics');
  } finally {
    await scene.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function shootAll(page: Page, scene: Scene): Promise<void> {
  const card = page.getByRole('alertdialog', { name: 'Approval' });
  // the oldest question opens by itself
  await card.getByRole('button', { name: 'Approve once' }).and(page.locator('[aria-disabled=false]')).waitFor();
  await shoot(page, 'approval');
  await page.keyboard.press('Escape');
  await card.waitFor({ state: 'detached' });

  await page.locator('tr[data-call]', { hasText: 'write_file' }).click();
  await page.getByText('Told to the agent').waitFor();
  await shoot(page, 'live');

  await page.getByRole('link', { name: 'Agents' }).click();
  await page.getByText('Claude Code').first().click();
  await page.getByRole('radiogroup', { name: /^delete_repository,/ }).waitFor();
  await page.mouse.move(0, 0);
  await shoot(page, 'agents');

  await page.getByRole('link', { name: 'Servers' }).click();
  await page
    .getByRole('button', { name: /calendar/ })
    .or(page.getByRole('link', { name: /calendar/ }))
    .first()
    .click();
  await page.getByRole('tab', { name: /^Review/ }).waitFor();
  await page.mouse.move(0, 0);
  await shoot(page, 'servers');

  await shootRemember(page);
  await addRules(scene);
  await shootPolicy(page);
  await shootCredentials(page);
}

const port = Number(process.argv[2] ?? 7420);
const folder = mkdtempSync(join(tmpdir(), 'scopegate-pictures-'));
const bench = await launchBrowser();
if ('missing' in bench) throw new Error(bench.missing);
const scene = await startScene(folder, port);
try {
  mkdirSync(target, { recursive: true });
  const page = await openPage(bench.browser, scene);
  await page.getByText('No calls yet.').waitFor();
  await shoot(page, 'empty');
  // not logged in while the calls are played: no question opens over the page
  await page.close();
  await scene.play(700, () => addCredentials(scene));
  const later = await openPage(bench.browser, scene);
  await shootAll(later, scene);
  await shootLog(bench.browser, 0);
} finally {
  await bench.browser.close();
  await scene.stop();
  rmSync(folder, { recursive: true, force: true });
}
