import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { tokens } from '../helpers/engine.ts';
import { connectAgent, patient } from '../helpers/gateway.ts';

/** A token kept by hand in a real browser, demanded by a server, used by an agent; one story, in order. */
const secret = `canary-${randomBytes(24).toString('base64url')}`;
const newSecret = `canary-${randomBytes(24).toString('base64url')}`;
const passphrase = 'six plain words are enough here';
const lead = 'Bearer ';

let folder = '';
let bench: BrowserBench;
let host: CliRun;
let page: Page;
let agent: Client;
let guarded: { server: Server; url: string; seen: string[]; wanted: string };
const pageErrors: string[] = [];
/** Everything that went over the bridge's socket, both ways. */
let frames: { way: 'sent' | 'received'; text: string }[] = [];

/** A small MCP server that demands one token for calls. */
async function startGuarded(): Promise<typeof guarded> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method } = JSON.parse(Buffer.concat(chunks).toString()) as { id?: number; method: string };
    if (id === undefined) return void response.writeHead(202).end();
    const own = { tools: [{ name: 'read', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] };
    const answers: Record<string, unknown> = {
      initialize: {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'guarded', version: '1' },
      },
      'tools/list': own,
      'tools/call': { content: [{ type: 'text', text: 'the guarded text' }] },
    };
    if (method === 'tools/call') {
      seen.push(request.headers.authorization ?? '');
      if (request.headers.authorization !== `${lead}${guarded.wanted}`) return void response.writeHead(403).end();
    }
    const result = answers[method];
    const error = { code: -32601, message: 'unknown' };
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id, ...(result === undefined ? { error } : { result }) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen, wanted: secret };
}

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-credentials-'));
  guarded = await startGuarded();
  const config = join(folder, 'scopegate.yaml');
  writeFileSync(
    config,
    stringify({
      port: 0,
      servers: { github: { url: guarded.url } },
      agents: { probe: { token: 'env:PROBE_TOKEN', default: 'allow' } },
    }),
  );
  const env = {
    PROBE_TOKEN: tokens.one,
    SPARE_KEY: 'a value of the environment',
    DBUS_SESSION_BUS_ADDRESS: '/nowhere',
  };
  host = runCli(['serve', '--data-dir', join(folder, 'data'), '--config', config, '--login-link'], env);
  const mcpUrl = String((await host.nextLine()).mcp);
  const login = String((await host.nextLine()).url);
  agent = await connectAgent(mcpUrl, tokens.one);
  await agent.listTools();
  const context = await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  page = await context.newPage();
  page.setDefaultTimeout(patient.timeout);
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.push({ way: 'sent', text: String(payload) }));
    socket.on('framereceived', ({ payload }) => frames.push({ way: 'received', text: String(payload) }));
  });
  await page.goto(login);
  await page.getByRole('link', { name: 'Credentials' }).waitFor();
}, 60_000);

afterAll(async () => {
  if ('missing' in bench) return;
  await agent?.close().catch(() => {});
  await bench.browser.close();
  host?.child.kill('SIGTERM');
  await host?.ended;
  guarded?.server.closeAllConnections();
  guarded?.server.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([]);
}

/** What a page could tell somebody later: its text, every field, and what it stores. */
const everythingIn = (): Promise<string> =>
  page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value),
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      location.href,
    ]),
  );

const callRead = async () => {
  const result = await agent.callTool({ name: 'github__read', arguments: {} });
  return { isError: result.isError === true, text: JSON.stringify(result.content) };
};

describe('credentials in a real browser on a running engine', () => {
  it('asks for a passphrase where the system protects nothing, by keyboard alone (security)', async () => {
    await page.keyboard.press('Control+5');
    await page.getByRole('heading', { name: 'Credentials', level: 1 }).waitFor();
    await page.getByText('Nothing is kept without protection').waitFor();
    await expectAccessible();
    await page.getByRole('link', { name: 'Choose a passphrase' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Passphrase', { exact: true }).focus();
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    await page.getByText('Use at least 12 characters.').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type(passphrase);
    await page.keyboard.press('Tab');
    await page.keyboard.type(passphrase);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Vault open Lock the vault/ }).waitFor();
    await expectAccessible();
  });

  it('keeps a pasted token, empties the clipboard, and sends it with the call', async () => {
    const refused = await callRead();
    expect(refused.isError).toBe(true);
    await page.getByRole('link', { name: 'Credentials', exact: true }).first().click();
    await page.getByRole('button', { name: 'Add a credential…' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add a credential' });
    await dialog.getByLabel('Name', { exact: true }).fill('GitHub, personal');
    await page.evaluate((text) => navigator.clipboard.writeText(text), secret);
    await dialog.getByRole('button', { name: 'Paste' }).click();
    await dialog.getByText(/^Pasted\./).waitFor();
    expect(await dialog.getByLabel('Token').getAttribute('type')).toBe('password');
    await dialog.getByRole('button', { name: 'Server: No server yet' }).click();
    await page.getByRole('menuitemradio', { name: /github/ }).click();
    await dialog.getByText('Authorization: Bearer •••').waitFor();
    await expectAccessible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('GitHub, personal is saved. The clipboard was emptied.').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('');
    await page.getByRole('row', { name: /GitHub, personal.*Ready/ }).waitFor();
    expect(await callRead()).toMatchObject({ isError: false, text: expect.stringContaining('the guarded text') });
    expect(guarded.seen.at(-1)).toBe(`${lead}${secret}`);
  });

  it('shows who used it for what, and leads to the call', async () => {
    const line = page.getByRole('region', { name: 'Ledger' }).getByRole('listitem').first();
    await line.getByText('probe used it for').waitFor();
    await expectAccessible();
    await line.getByRole('link', { name: 'github · read' }).click();
    const call = page.getByRole('complementary', { name: 'Call' });
    await call.getByText(/^probe/).waitFor();
    await call.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('complementary', { name: 'GitHub, personal' }).waitFor();
  });

  it('has the value nowhere after saving: not in the page, its storage, nor in any message (security)', async () => {
    const sent = frames.filter(({ text }) => text.includes(secret));
    expect(sent.map(({ way }) => way)).toEqual(['sent']);
    expect(sent[0]?.text).toContain('credentials.add');
    frames = [];
    await page.reload();
    await page.getByRole('complementary', { name: 'GitHub, personal' }).waitFor();
    for (const path of ['#/live', '#/servers/github', '#/credentials/vault', '#/credentials']) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, path);
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      expect(await everythingIn()).not.toContain(secret);
    }
    await page.getByRole('row', { name: /GitHub, personal/ }).waitFor();
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.filter(({ text }) => text.includes(secret) || text.includes(passphrase))).toEqual([]);
    expect(host.stderr()).not.toContain(secret);
  });

  it('locks with one key: the call is refused in one sentence, and one unlock mends it (security)', async () => {
    await page.keyboard.press('Control+L');
    const card = page.getByRole('region', { name: 'Unlock the vault' });
    await card.waitFor();
    const before = guarded.seen.length;
    const refused = await callRead();
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain('locked');
    expect(guarded.seen).toHaveLength(before);
    await card.getByText(/probe wanted to use github/).waitFor();
    await page.getByRole('row', { name: /GitHub, personal.*Locked/ }).waitFor();
    await expectAccessible();
    await card.getByLabel('Passphrase').fill('not the passphrase at all');
    await page.keyboard.press('Enter');
    await card.getByText('This is not the passphrase of this vault.').waitFor();
    await card.getByLabel('Passphrase').fill(passphrase);
    await page.keyboard.press('Enter');
    await card.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /GitHub, personal.*Ready/ }).waitFor();
    expect(await callRead()).toMatchObject({ isError: false });
  });

  it('replaces a value by keyboard, and the next call has the new one (security)', async () => {
    guarded.wanted = newSecret;
    await page.getByRole('button', { name: 'GitHub, personal' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Replace…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Replace GitHub, personal' });
    await dialog.waitFor();
    const field = dialog.getByLabel('New value');
    expect(await field.inputValue()).toBe('');
    await field.focus();
    await page.keyboard.type(newSecret);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await callRead()).toMatchObject({ isError: false });
    expect(guarded.seen.at(-1)).toBe(`${lead}${newSecret}`);
    expect(await everythingIn()).not.toContain(newSecret);
  });

  it('checks a reference without showing what it refers to (security)', async () => {
    await page.getByRole('button', { name: 'Add a credential…' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add a credential' });
    await dialog.getByRole('radio', { name: 'Variable' }).last().click();
    await dialog.getByLabel('Variable', { exact: true }).fill('SPARE_KEY');
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByText('A value is there').waitFor();
    expect(await everythingIn()).not.toContain('a value of the environment');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('says what breaks before it removes, and takes it back', async () => {
    await page.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Calls of every agent to github: they are sent without it').waitFor();
    await expectAccessible();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No credential is kept yet').waitFor();
    expect((await callRead()).isError).toBe(true);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('row', { name: /GitHub, personal.*Ready/ }).waitFor();
    expect(await callRead()).toMatchObject({ isError: false });
  });

  it('exports under a passphrase of its own and finds the same again (security)', async () => {
    await page.getByRole('link', { name: 'Vault', exact: true }).click();
    await page.getByRole('button', { name: 'Export…' }).click();
    const out = page.getByRole('dialog', { name: 'Export credentials' });
    await out.getByLabel('Passphrase of the vault').fill(passphrase);
    await out.getByLabel('Passphrase of the file').fill('another six words for it');
    await out.getByLabel('Once more').fill('another six words for it');
    const download = page.waitForEvent('download');
    await out.getByRole('button', { name: 'Export' }).click();
    const file = join(folder, 'export');
    await (await download).saveAs(file);
    await page.getByRole('button', { name: 'Import…' }).click();
    const into = page.getByRole('dialog', { name: 'Import credentials' });
    await into.getByLabel('File', { exact: true }).setInputFiles(file);
    await into.getByLabel('Passphrase of the file').fill('another six words for it');
    await into.getByRole('button', { name: 'Import' }).click();
    await page.getByText('0 added, 1 were there already').waitFor();
  });

  it('locks after the chosen minutes, and counts down to it beside the page', async () => {
    await page.getByRole('button', { name: 'Without use: never' }).click();
    await page.getByRole('menuitemradio', { name: 'after 15 minutes' }).click();
    await page.getByRole('button', { name: 'Without use: after 15 minutes' }).waitFor();
    await page.getByText('15 min', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Replace the key' }).click();
    await page.getByText('The vault has a new key').waitFor();
    expect(await callRead()).toMatchObject({ isError: false });
  });

  it('stays whole on a small window and at twice the size, in light and dark', async () => {
    for (const [width, height] of [
      [900, 600],
      [640, 400],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const hash of ['#/credentials', '#/credentials/vault', '#/servers/github']) {
          await page.evaluate((to) => {
            location.hash = to;
          }, hash);
          if (hash.startsWith('#/servers')) await page.getByRole('tab', { name: 'Credentials' }).click();
          await page
            .getByText(hash.endsWith('vault') ? 'What opens it' : 'GitHub, personal')
            .first()
            .waitFor();
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(overflow, `${hash} at ${width}`).toBeLessThanOrEqual(0);
          await expectAccessible();
        }
      }
    }
    expect(pageErrors).toEqual([]);
  });
});
