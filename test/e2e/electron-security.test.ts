import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openElectronBench, type StartedApp, startApp } from '../helpers/electron.ts';
import { projectRoot } from '../helpers/electron-runtime.ts';

const bench = await openElectronBench();
let started: StartedApp;
let page: Page;
let folder: string;

beforeAll(async () => {
  if ('missing' in bench) return;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-e2e-'));
  started = await startApp(bench);
  page = await started.page('index.html');
});
afterAll(async () => {
  if ('missing' in bench) return;
  await started?.close();
  await bench.desktop.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if ('missing' in bench) context.skip(bench.missing);
});

/** Opens a window that is not the app's, with this preload script, and runs `call` in its page. */
function askFromForeignWindow(preload: string, url: string, call: string): Promise<string> {
  const file = join(folder, 'foreign-preload.cjs');
  writeFileSync(file, preload);
  return started.app.evaluate(
    async ({ BrowserWindow }, given) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload: given.file, sandbox: true } });
      try {
        await window.loadURL(given.url);
        return String(await window.webContents.executeJavaScript(given.call));
      } finally {
        window.destroy();
      }
    },
    { file, url, call },
  );
}

describe('a page of ours in Electron', () => {
  test('has the preferences of a locked-down window (security)', async () => {
    const preferences = await started.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => {
        const read = contents as unknown as { getLastWebPreferences(): Record<string, unknown> };
        return read.getLastWebPreferences();
      }),
    );
    expect(preferences.length).toBeGreaterThan(0);
    for (const one of preferences) {
      expect(one).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
      expect(one.webviewTag ?? false).toBe(false);
      expect(one.allowRunningInsecureContent ?? false).toBe(false);
    }
  });

  test('sees nothing of Node or Electron but the bridge (security)', async () => {
    const seen = await page.evaluate(() => ({
      globals: ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
        (name) => name in window,
      ),
      bridge: Object.entries(Reflect.get(window, 'scopegate')).map(([name, value]) => `${name}: ${typeof value}`),
    }));
    expect(seen.globals).toEqual([]);
    expect(seen.bridge.sort()).toEqual([
      'clearClipboard: function',
      'hideWindow: function',
      'host: string',
      'onConnection: function',
      'onEvent: function',
      'request: function',
      'takeClipboard: function',
    ]);
  });

  test('gets no handle on Electron from ending a subscription (security)', async () => {
    const left = await page.evaluate(() => {
      const bridge = Reflect.get(window, 'scopegate') as { onEvent(listener: () => void): () => unknown };
      return typeof bridge.onEvent(() => undefined)();
    });
    expect(left).toBe('undefined');
  });

  test('runs no inline script and no script made of text (security)', async () => {
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.head.append(script);
      const image = document.createElement('div');
      image.innerHTML = '<img src="data:," onerror="window.handlerRan = true">';
      document.body.append(image);
      await new Promise((resolve) => setTimeout(resolve, 0));
      const found = [Reflect.get(window, 'inlineRan'), Reflect.get(window, 'handlerRan')];
      image.remove();
      return found;
    });
    expect(ran).toEqual([undefined, undefined]);
  });

  test('needs nothing that its content security policy refuses', async () => {
    await page.evaluate(() => {
      const refused: string[] = [];
      Reflect.set(window, 'refusedByPolicy', refused);
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        refused.push(`${effectiveDirective} ${blockedURI}`);
      });
    });
    for (const name of ['Approvals', 'Agents', 'Servers', 'Live']) {
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { name }).first().waitFor();
    }
    expect(await page.evaluate(() => Reflect.get(window, 'refusedByPolicy'))).toEqual([]);
  });

  test('reaches no network, not even this computer (security)', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end('hello');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const outcomes = await page.evaluate(async (url) => {
        const viaImage = new Promise<string>((resolve) => {
          const image = new Image();
          image.onload = () => resolve('loaded');
          image.onerror = () => resolve('refused');
          image.src = url;
        });
        const viaFetch = fetch(url, { mode: 'no-cors' }).then(
          () => 'loaded',
          () => 'refused',
        );
        return [await viaImage, await viaFetch, navigator.sendBeacon(url) ? 'queued' : 'refused'];
      }, address);
      expect(outcomes.slice(0, 2)).toEqual(['refused', 'refused']);
      expect(requests).toBe(0);
    } finally {
      server.close();
    }
  });

  test('cannot be led to another address (security)', async () => {
    const before = page.url();
    for (const target of ['https://example.com/', 'file:///', 'data:text/html,hi', 'app://scopegate/approval.html']) {
      await page.evaluate((url) => {
        const link = document.createElement('a');
        link.href = url;
        document.body.append(link);
        link.click();
        link.remove();
      }, target);
    }
    expect(page.url()).toBe(before);
    await expect(page.evaluate(() => document.readyState)).resolves.toBe('complete');
  });

  test('opens no window; only https links go to the browser, as they were understood (security)', async () => {
    await started.app.evaluate(({ shell }) => {
      const opened: string[] = [];
      Reflect.set(globalThis, 'openedLinks', opened);
      shell.openExternal = async (url) => void opened.push(url);
    });
    const windows = started.app.windows().length;
    const handles = await page.evaluate(() =>
      [
        'HTTPS://Example.com/a/../b',
        'http://example.com/',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'https://user:pw@example.com/',
        'app://scopegate/index.html',
      ].map((url) => window.open(url)),
    );
    expect(handles.every((handle) => handle === null)).toBe(true);
    const opened = await started.app.evaluate(() => Reflect.get(globalThis, 'openedLinks') as string[]);
    expect(opened).toEqual(['https://example.com/b']);
    expect(started.app.windows()).toHaveLength(windows);
  });

  test('is granted nothing but writing to the clipboard (security)', async () => {
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'clipboard-write'];
      return Promise.all(
        names.map(async (name) => [name, (await navigator.permissions.query({ name: name as PermissionName })).state]),
      );
    });
    expect(Object.fromEntries(states)).toEqual({
      geolocation: 'denied',
      notifications: 'denied',
      camera: 'denied',
      microphone: 'denied',
      'clipboard-read': 'denied',
      'clipboard-write': 'granted',
    });
  });
});

describe('a foreign page in Electron', () => {
  const rawPreload = `
    const { contextBridge, ipcRenderer } = require('electron');
    contextBridge.exposeInMainWorld('raw', {
      ask: () => ipcRenderer.invoke('scopegate:request', { id: 1, method: 'snapshot', params: {} }).then(
        (answer) => JSON.stringify(answer), (error) => 'refused: ' + error.message),
    });`;

  test.each(['data:text/html,hi', 'about:blank', 'app://scopegate/index.html'])(
    'is refused at %s when the window is not ours (security)',
    async (url) => {
      const answer = await askFromForeignWindow(rawPreload, url, 'raw.ask()');
      expect(answer).toMatch(/^refused: .*Refused/);
      expect(answer).not.toContain('epoch');
    },
  );

  test('gets no bridge from our own preload script (security)', async () => {
    const ours = readFileSync(join(projectRoot, 'dist', 'shell', 'preload.cjs'), 'utf8');
    const seen = await askFromForeignWindow(ours, 'data:text/html,hi', 'typeof window.scopegate');
    expect(seen).toBe('undefined');
  });

  test('finds nothing outside the folder of our pages (security)', async () => {
    const statuses = await started.app.evaluate(async ({ net }) => {
      const urls = ['app://scopegate/..%2f..%2fpackage.json', 'app://scopegate/.inputs', 'app://elsewhere/index.html'];
      const answers: number[] = [];
      for (const url of urls) answers.push((await net.fetch(url)).status);
      return answers;
    });
    expect(statuses).toEqual([404, 404, 404]);
  });
});
