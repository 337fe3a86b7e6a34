import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMiniProject, type MiniProject, type StartedScript } from './mini-project.ts';

const host = `
const [command, ...args]: string[] = process.argv.slice(2);
process.stdout.write(JSON.stringify({ event: 'ready', command, args, from: import.meta.url }) + '\\n');
if (command === 'doctor') process.exitCode = 3;
else {
  const busy = setInterval(() => {}, 1000);
  process.once('SIGTERM', () => {
    process.stdout.write('ended cleanly\\n');
    clearInterval(busy);
  });
}
`;

let project: MiniProject;
let started: StartedScript[] = [];

beforeEach(() => {
  project = createMiniProject();
});
afterEach(() => {
  for (const { child } of started) child.kill('SIGKILL');
  started = [];
  project.remove();
});

function bootstrap(args: string[], env: NodeJS.ProcessEnv = process.env) {
  const script = project.start('scripts/bootstrap.mjs', args, env);
  started.push(script);
  return script;
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);

describe('the bootstrap', () => {
  it('names its tasks when it does not know the one asked for', async () => {
    const { ended, stderr } = bootstrap(['dance']);
    expect(await ended).toBe(1);
    expect(stderr()).toContain('start|test|check');
  });

  it('builds what is there, once', async () => {
    project.write('electron/headless/main.ts', host);
    const first = bootstrap(['build']);
    expect(await first.ended, first.stderr()).toBe(0);
    expect(first.stderr()).toContain('building headless');
    expect(existsSync(join(project.root, 'dist/headless/main.mjs'))).toBe(true);
    const second = bootstrap(['build']);
    expect(await second.ended, second.stderr()).toBe(0);
    expect(second.stderr()).not.toContain('building');
  });

  it('says so when a build fails, and keeps the last good bundle', async () => {
    project.write('electron/headless/main.ts', host);
    expect(await bootstrap(['build']).ended).toBe(0);
    project.write('electron/headless/main.ts', "import './missing.ts';\n");
    const { ended, stderr } = bootstrap(['serve']);
    expect(await ended).toBe(1);
    expect(stderr()).toContain('the build of headless failed');
    expect(readdirSync(join(project.root, 'dist'))).toEqual(['headless']);
    expect(existsSync(join(project.root, 'dist/headless/main.mjs'))).toBe(true);
    const test = bootstrap(['test']);
    expect(await test.ended).toBe(1);
    expect(lastLine(test.stdout())).toBe('0 passed, 1 failed');
  });

  it('serves with nothing on stdout but the host’s own lines, and passes arguments and SIGTERM on', async () => {
    project.write('electron/headless/main.ts', host);
    const { child, ended, stdout, stderr } = bootstrap(['serve', '--port', '0', 'a b']);
    await vi.waitFor(() => expect(stdout(), stderr()).toContain('ready'), { timeout: 15_000 });
    child.kill('SIGTERM');
    expect(await ended, stderr()).toBe(0);
    const [ready = '', ...rest] = stdout().trimEnd().split('\n');
    expect(JSON.parse(ready)).toMatchObject({ command: 'serve', args: ['--port', '0', 'a b'] });
    expect(JSON.parse(ready).from).toMatch(/dist\/headless\/main\.mjs$/);
    expect(rest).toEqual(['ended cleanly']);
  });

  it('keeps the exit code of the command it runs', async () => {
    project.write('electron/headless/main.ts', host);
    expect(await bootstrap(['doctor']).ended).toBe(3);
  });

  it.skipIf(process.platform !== 'linux')(
    'shows the app in the browser where there is no display, and says why',
    async () => {
      project.write('electron/headless/main.ts', host);
      const { DISPLAY: _x, WAYLAND_DISPLAY: _w, ...env } = process.env;
      const { child, ended, stdout, stderr } = bootstrap(['start'], env);
      await vi.waitFor(() => expect(stdout(), stderr()).toContain('ready'), { timeout: 15_000 });
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
      expect(stdout()).toContain('"args":["--open"]');
      expect(stderr()).toContain('showing ScopeGate in the browser: there is no display here');
    },
  );

  it('ends a test run with one plain line that counts every kind of failure', async () => {
    project.write(
      'test/a.test.ts',
      [
        "import { expect, it } from 'vitest';",
        "it('passes', () => expect(1).toBe(1));",
        "it('fails', () => expect(1).toBe(2));",
        "it('gives its reason', (context) => context.skip('no printer here'));",
      ].join('\n'),
    );
    project.write('test/broken.test.ts', "import './missing.ts';\n");
    const { ended, stdout, stderr } = bootstrap(['test']);
    expect(await ended, stderr()).toBe(1);
    expect(lastLine(stdout())).toBe('1 passed, 2 failed, 1 skipped');
    expect(stdout()).toContain('skipped: test/a.test.ts > gives its reason (no printer here)');
  });

  it('is green only when tests ran and none failed', async () => {
    project.write('test/a.test.ts', "import { it } from 'vitest';\nit('passes', () => {});\n");
    const green = bootstrap(['test']);
    expect(await green.ended, green.stderr()).toBe(0);
    expect(lastLine(green.stdout())).toBe('1 passed, 0 failed');
    const none = bootstrap(['test', 'test/elsewhere']);
    expect(await none.ended).toBe(1);
    expect(lastLine(none.stdout())).toBe('0 passed, 1 failed');
  });
});

describe('the scopegate command', () => {
  it('runs the sources while the bundle is missing or older than they are', async () => {
    project.write('electron/headless/main.ts', host);
    const run = async () => {
      const script = project.start('electron/headless/bin.mjs', ['doctor']);
      started.push(script);
      expect(await script.ended, script.stderr()).toBe(3);
      return String(JSON.parse(script.stdout()).from);
    };
    expect(await run()).toMatch(/electron\/headless\/main\.ts$/);
    expect(await bootstrap(['build']).ended).toBe(0);
    expect(await run()).toMatch(/dist\/headless\/main\.mjs$/);
    project.write('electron/engine/new.ts', 'export const added = true;\n');
    expect(await run()).toMatch(/electron\/headless\/main\.ts$/);
  });
});

describe('the bundles', () => {
  it('hold a page for old Chromium with no inline script, and a preload of one CommonJS file', async () => {
    project.write(
      'renderer/index.html',
      '<!doctype html><title>x</title><script type="module" src="./main.tsx"></script>',
    );
    project.write(
      'renderer/main.tsx',
      "import { createRoot } from 'react-dom/client';\nimport './x.css';\ncreateRoot(document.body).render(<b>hello</b>);\n",
    );
    project.write(
      'renderer/x.css',
      ':root { color-scheme: light dark }\n.a { color: light-dark(red, blue); & .b { top: 0 } }\n',
    );
    project.write(
      'electron/shell/main.ts',
      "import Store from 'electron-store';\nimport { app } from 'electron';\nconsole.log(app, Store);\n",
    );
    project.write(
      'electron/shell/preload.ts',
      "import { contextBridge } from 'electron';\nimport { z } from 'zod';\ncontextBridge.exposeInMainWorld('z', z.string());\n",
    );
    const { ended, stderr } = bootstrap(['build']);
    expect(await ended, stderr()).toBe(0);
    const read = (path: string) => readFileSync(join(project.root, 'dist', path), 'utf8');
    const page = read('renderer/index.html');
    expect(page).toMatch(/<script type="module"[^>]* src="\.\/assets\//);
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const [css = ''] = readdirSync(join(project.root, 'dist/renderer/assets')).filter((name) => name.endsWith('.css'));
    expect(read(`renderer/assets/${css}`)).not.toMatch(/light-dark\(|&/);
    expect(readdirSync(join(project.root, 'dist/shell')).filter((name) => name.endsWith('.cjs'))).toEqual([
      'main.cjs',
      'preload.cjs',
    ]);
    const required = [...read('shell/preload.cjs').matchAll(/^(?:let|const|var) .*?require\("([^"]+)"\)/gm)].map(
      ([, name]) => name,
    );
    expect(required).toEqual(['electron']);
    expect(read('shell/main.cjs')).not.toMatch(/require\("electron-store"\)/);
  });
});
