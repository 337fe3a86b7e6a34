import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { electronCommand, openElectronBench, type StartedApp, startApp } from '../helpers/electron.ts';

const bench = await openElectronBench();
let started: StartedApp | null = null;

afterAll(async () => {
  if (!('missing' in bench)) await bench.desktop.stop();
});
beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});
afterEach(async () => {
  await started?.close();
  started = null;
});

async function start(options?: Parameters<typeof startApp>[1]): Promise<StartedApp> {
  if ('missing' in bench) throw new Error(bench.missing);
  started = await startApp(bench, options);
  return started;
}

interface WindowFacts {
  title: string;
  visible: boolean;
  bounds: { x: number; y: number; width: number; height: number };
}

function readWindows({ app }: StartedApp): Promise<WindowFacts[]> {
  return app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => ({
      title: window.getTitle(),
      visible: window.isVisible(),
      bounds: window.getBounds(),
    })),
  );
}

/** Closes the main window as the person does: through the window, not through the app. */
const closeMainWindow = ({ app }: StartedApp) =>
  app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.close();
  });

/** Runs the app to its end, without Playwright. */
async function runToEnd(options: { userData: string; env?: Record<string, string>; args?: string[] }) {
  if ('missing' in bench) throw new Error(bench.missing);
  const { command, args, env } = electronCommand(bench, options);
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

async function withUserData<T>(use: (userData: string) => Promise<T>): Promise<T> {
  const userData = mkdtempSync(join(tmpdir(), 'scopegate-life-'));
  try {
    return await use(userData);
  } finally {
    rmSync(userData, { recursive: true, force: true, maxRetries: 3 });
  }
}

describe('the desktop app', () => {
  test('opens its main window at 1280 × 800 under its own title', async () => {
    const running = await start();
    await running.page('index.html');
    await expect
      .poll(() => readWindows(running))
      .toMatchObject([{ title: 'ScopeGate', visible: true, bounds: { width: 1280, height: 800 } }]);
  });

  test('stays in the tray when started with --hidden', async () => {
    const running = await start({ args: ['--hidden'] });
    await expect.poll(() => running.log()).toContain('"message":"ready"');
    expect(await readWindows(running)).toEqual([]);
  });

  test('keeps running when its window is closed, and says so once', async () => {
    const running = await start();
    await running.page('index.html');
    await running.app.evaluate(({ Notification }) => {
      const shown: string[] = [];
      Reflect.set(globalThis, 'shownNotices', shown);
      Notification.prototype.show = function show(this: { title: string }) {
        shown.push(this.title);
      };
    });
    await expect.poll(async () => (await readWindows(running))[0]?.visible).toBe(true);
    await closeMainWindow(running);
    await expect.poll(() => readWindows(running)).toMatchObject([{ visible: false }]);
    await closeMainWindow(running);
    await expect
      .poll(() => running.app.evaluate(() => Reflect.get(globalThis, 'shownNotices')))
      .toEqual(['ScopeGate keeps running']);
    expect(running.child.exitCode).toBeNull();
  });

  test('hands a second start over to the first, which shows its window', async () => {
    const running = await start();
    await running.page('index.html');
    await expect.poll(async () => (await readWindows(running))[0]?.visible).toBe(true);
    await closeMainWindow(running);
    await expect.poll(async () => (await readWindows(running))[0]?.visible).toBe(false);

    const second = await runToEnd({ userData: running.userData });
    expect(second.code).toBe(0);
    await expect.poll(() => readWindows(running)).toMatchObject([{ title: 'ScopeGate', visible: true }]);
  });

  test('opens again where its window was left', async () => {
    await withUserData(async (userData) => {
      const left = { x: 120, y: 90, width: 1000, height: 700, maximized: false };
      writeFileSync(join(userData, 'settings.json'), JSON.stringify({ mainWindow: left }));
      const running = await start({ userData });
      await running.page('index.html');
      await expect
        .poll(() => readWindows(running))
        .toMatchObject([{ visible: true, bounds: { width: 1000, height: 700 } }]);
    });
  });

  test.skipIf(process.platform === 'win32')(
    'writes down where its window stood when it ends, for its owner only',
    async () => {
      await withUserData(async (userData) => {
        const running = await start({ userData, keepData: true });
        await running.page('index.html');
        await expect.poll(async () => (await readWindows(running))[0]?.visible).toBe(true);
        await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(950, 650));
        await expect.poll(async () => (await readWindows(running))[0]?.bounds.width).toBe(950);
        await running.close();
        const file = join(userData, 'settings.json');
        expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ mainWindow: { width: 950, height: 650 } });
        expect(statSync(file).mode & 0o777).toBe(0o600);
      });
    },
  );

  test('puts unreadable settings aside and starts', async () => {
    await withUserData(async (userData) => {
      writeFileSync(join(userData, 'settings.json'), '{ not json');
      const running = await start({ userData });
      await running.page('index.html');
      expect(readFileSync(join(userData, 'settings.json.unreadable'), 'utf8')).toBe('{ not json');
    });
  });

  test.skipIf(process.platform === 'win32')('ends cleanly when the system tells it to', async () => {
    const running = await start();
    await running.page('index.html');
    const ended = once(running.child, 'exit');
    running.child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

describe('a fault in the main process', () => {
  test('ends the app instead of leaving an engine in an unknown state (security)', async () => {
    const running = await start();
    await running.page('index.html');
    const ended = once(running.child, 'exit');
    await running.app.evaluate(() => {
      setTimeout(() => {
        throw new Error('a bug');
      }, 0);
    });
    expect(await ended).toEqual([70, null]);
    expect(running.log()).toContain('Error: a bug');
  });
});

describe('the start of the desktop app', () => {
  test('is refused when the environment switches the sandbox off (security)', async () => {
    await withUserData(async (userData) => {
      const { code, stderr } = await runToEnd({ userData, env: { ELECTRON_DISABLE_SANDBOX: '1' } });
      expect(code).toBe(1);
      expect(stderr).toContain('ELECTRON_DISABLE_SANDBOX');
    });
  });

  test('fails with what happened and what to do when the data cannot be used', async () => {
    await withUserData(async (userData) => {
      writeFileSync(join(userData, 'engine'), 'a file where the folder should be');
      const { code, stderr } = await runToEnd({ userData });
      expect(code).toBe(1);
      expect(stderr).toMatch(/"level":"error".*"fix":"[^"]+"/);
    });
  });

  test('fails with a plain sentence for a port that is none', async () => {
    await withUserData(async (userData) => {
      const { code, stderr } = await runToEnd({ userData, args: ['--mcp-port=80'] });
      expect(code).toBe(1);
      expect(stderr).toContain('1024 to 65535');
    });
  });
});
