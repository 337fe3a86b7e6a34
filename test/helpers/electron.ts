import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { isFresh } from '../../scripts/bundles.mjs';
import { openTestDesktop, type TestDesktop } from './electron-desktop.ts';
import { findElectronRuntime, projectRoot } from './electron-runtime.ts';

/** Everything a test of the desktop app needs before it starts the app, or why there can be no such test here. */
export type ElectronBench = { executable: string; desktop: TestDesktop } | { missing: string };

/** Finds an Electron, opens a desktop and brings the bundles up to date. Call once a test file, in the module's body. */
export async function openElectronBench(): Promise<ElectronBench> {
  const runtime = findElectronRuntime();
  if ('missing' in runtime) return runtime;
  const desktop = await openTestDesktop();
  if (desktop === null) return { missing: 'there is no display here, and no Xvfb to make one' };
  buildStale();
  return { executable: runtime.executable, desktop };
}

function buildStale(): void {
  const stale = (['shell', 'renderer'] as const).filter((name) => !isFresh(projectRoot, name));
  if (stale.length === 0) return;
  const build = join(projectRoot, 'scripts', 'build.mjs');
  const { status, stderr } = spawnSync(process.execPath, [build, ...stale], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the app could not be built:\n${stderr}`);
}

export interface StartedApp {
  app: ElectronApplication;
  /** The main process; stays readable after its end. */
  child: ChildProcess;
  /** Chromium's and the app's own data; removed by `close`. */
  userData: string;
  /** The app's log file so far. */
  log(): string;
  /** The window that shows this page of ours. */
  page(name: 'index.html' | 'approval.html'): Promise<Page>;
  /** Ends the app if it still runs. */
  close(): Promise<void>;
}

export interface StartOptions {
  args?: string[];
  env?: Record<string, string>;
  userData?: string;
  /** Leave `userData` for the caller to remove. */
  keepData?: boolean;
  appDir?: string;
}

/** How to start the app on data of its own, in test mode and without ever disturbing a gateway that runs on this machine. */
export function electronCommand(
  bench: Extract<ElectronBench, { executable: string }>,
  options: StartOptions & { userData: string },
): { command: string; args: string[]; env: Record<string, string> } {
  return {
    command: bench.executable,
    args: [
      // Tests may run as root, where the sandbox cannot.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${options.userData}`,
      ...(options.args?.some((arg) => arg.startsWith('--mcp-port')) ? [] : ['--mcp-port=0']),
      ...(options.args ?? []),
      options.appDir ?? projectRoot,
    ],
    env: { ...inheritedEnv(), ...bench.desktop.env, SCOPEGATE_TEST: '1', ...options.env },
  };
}

/** Starts the app as a person would, on data of its own and on any free port. */
export async function startApp(
  bench: Extract<ElectronBench, { executable: string }>,
  options: StartOptions = {},
): Promise<StartedApp> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'scopegate-shell-'));
  const { command, args, env } = electronCommand(bench, { ...options, userData });
  const app = await _electron.launch({ executablePath: command, args, env, colorScheme: null, timeout: 60_000 });
  // Playwright forgets the process once it has ended.
  const child = app.process();
  return {
    app,
    child,
    userData,
    log: () => readFileSync(join(userData, 'logs', 'scopegate.log'), 'utf8'),
    page: (name) => findPage(app, name),
    async close() {
      await endProcess(child);
      await app.close();
      if (options.keepData !== true) rmSync(userData, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** As the system would end it: nobody is asked whether sessions are open. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(killer);
}

/** Waits for the window that shows the page, whether it is there already or still to come. */
async function findPage(app: ElectronApplication, name: string): Promise<Page> {
  const url = `app://scopegate/${name}`;
  const isIt = (page: Page) => page.url().split('#')[0] === url;
  const page = app.windows().find(isIt) ?? (await app.waitForEvent('window', { predicate: isIt }));
  await page.waitForLoadState();
  return page;
}

function inheritedEnv(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // Electron would start as plain Node, or without its sandbox.
    if (value !== undefined && name !== 'ELECTRON_RUN_AS_NODE' && name !== 'ELECTRON_DISABLE_SANDBOX')
      env[name] = value;
  }
  return env;
}
