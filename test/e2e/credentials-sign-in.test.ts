import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type AuthorizationServer, startAuthorizationServer } from '../fakes/authorization-server.ts';
import { walkBrowser } from '../fakes/browser-walk.ts';
import { type GuardedServer, startGuardedServer } from '../fakes/guarded-server.ts';
import { type CliRun, runCli } from '../headless/run-cli.ts';
import { type BrowserBench, launchBrowser } from '../helpers/browser.ts';
import { tokens } from '../helpers/engine.ts';
import { connectAgent, patient } from '../helpers/gateway.ts';

/** Signing in at a real authorization server from the page, on a host that cannot open a browser by itself. */
let folder = '';
let bench: BrowserBench;
let as: AuthorizationServer;
let guarded: GuardedServer;
let host: CliRun;
let page: Page;
let agent: Client;
/** Everything the page was told. */
let received = '';

beforeAll(async () => {
  bench = await launchBrowser();
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-sign-in-'));
  as = await startAuthorizationServer();
  guarded = await startGuardedServer(
    () => as.issuer,
    (token) => as.check(token),
  );
  const config = join(folder, 'scopegate.yaml');
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, 'six plain words are enough here', { mode: 0o600 });
  writeFileSync(
    config,
    stringify({
      port: 0,
      servers: { guarded: { url: guarded.url } },
      agents: { probe: { token: 'env:PROBE_TOKEN', default: 'allow' } },
    }),
  );
  const args = ['--data-dir', join(folder, 'data'), '--config', config, '--passphrase-file', passphraseFile];
  host = runCli(['serve', ...args, '--login-link'], { PROBE_TOKEN: tokens.one });
  const mcpUrl = String((await host.nextLine()).mcp);
  const login = String((await host.nextLine()).url);
  agent = await connectAgent(mcpUrl, tokens.one);
  page = await (
    await bench.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  ).newPage();
  page.setDefaultTimeout(patient.timeout);
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      received += String(payload);
    });
  });
  await page.goto(login);
  await page.getByRole('link', { name: 'Servers' }).click();
}, 60_000);

afterAll(async () => {
  if ('missing' in bench) return;
  await agent?.close().catch(() => {});
  await bench.browser.close();
  host?.child.kill('SIGTERM');
  await host?.ended;
  await guarded?.close();
  await as?.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

const panel = () => page.getByRole('region', { name: 'Sign-in' });

/** Presses the button and gives the address a person would open. */
async function beginSignIn(): Promise<string> {
  await panel()
    .getByRole('button', { name: /^Sign in/ })
    .click();
  await panel().getByText('Waiting for your browser').waitFor();
  return (await panel().locator('code').first().textContent()) ?? '';
}

describe('a server that wants people to sign in, in a real browser on a running engine', () => {
  it('says so at the server, with one click beside it, and can be given up', async () => {
    await page.getByText('guarded needs you to sign in.').waitFor();
    await page.getByRole('tab', { name: 'Credentials' }).click();
    await panel().getByText('Needs sign-in').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([]);
    await beginSignIn();
    await panel().getByRole('button', { name: 'Cancel' }).click();
    await panel().getByText('Needs sign-in').waitFor();
  });

  it('says what happened and what to do when the person refuses there', async () => {
    as.consent = 'no';
    await walkBrowser(await beginSignIn());
    await panel().getByText('Needs sign-in').waitFor();
    await panel()
      .getByText(/gave no permission\. Sign in again if that was not meant\./)
      .waitFor();
    as.consent = 'yes';
  });

  it('works after signing in, and shows no token to the page (security)', async () => {
    await walkBrowser(await beginSignIn());
    await panel().getByText('Signed in').waitFor();
    await page.getByText('renewed by itself').waitFor();
    await page.getByRole('link', { name: 'guarded sign-in' }).waitFor();
    await expect
      .poll(async () => (await agent.listTools()).tools.map(({ name }) => name), patient)
      .toContain('guarded__read');
    expect((await agent.callTool({ name: 'guarded__read', arguments: {} })).isError).toBeFalsy();
    const used = guarded.tokens.filter((token) => token !== null);
    expect(used.length).toBeGreaterThan(0);
    for (const token of used) expect(received).not.toContain(token);
    await page.getByRole('link', { name: 'guarded sign-in' }).click();
    await page.getByText('probe used it for').waitFor();
  });

  it('forgets it when the person signs out', async () => {
    const pane = page.getByRole('complementary', { name: 'guarded sign-in' });
    await pane.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Signed out of guarded').waitFor();
    expect((await agent.callTool({ name: 'guarded__read', arguments: {} })).isError).toBe(true);
  });
});
