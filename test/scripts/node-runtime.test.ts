import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canRunTypeScript, findProjectNode, runToEnd } from '../../scripts/node-runtime.mjs';
import { startScript } from './mini-project.ts';

const runtime = pathToFileURL(join(import.meta.dirname, '../../scripts/node-runtime.mjs')).href;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-runtime-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const evalNode = (code: string) => runToEnd(process.execPath, ['--eval', code], { stdio: 'ignore' });

describe('the Node that runs the project', () => {
  it.each([
    ['18.20.4', false],
    ['20.20.2', false],
    ['22.17.1', false],
    ['22.18.0', true],
    ['23.5.0', false],
    ['23.6.0', true],
    ['24.21.0', true],
    ['26.0.0', true],
  ])('of version %s runs TypeScript by itself: %s', (version, can) => {
    expect(canRunTypeScript(version)).toBe(can);
  });

  it('is found in node_modules, or not at all', () => {
    expect(findProjectNode(folder)).toBeNull();
    const path = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    expect(findProjectNode(folder)).toBe(path);
  });
});

describe('a child run to its end', () => {
  it('gives its exit code', async () => {
    expect(await evalNode('process.exit(7)')).toBe(7);
  });

  it.skipIf(process.platform === 'win32')('gives 128 and the signal that ended it', async () => {
    expect(await evalNode("process.kill(process.pid, 'SIGKILL')")).toBe(137);
  });

  it('rejects when there is no such program', async () => {
    await expect(runToEnd(join(folder, 'nothing'), [])).rejects.toThrow(/ENOENT/);
  });
});

describe.skipIf(process.platform === 'win32')('a script that goes on under another Node', () => {
  /** Re-executes itself once; the second time it waits for SIGTERM. */
  function startTwice() {
    const script = join(folder, 'twice.mjs');
    writeFileSync(
      script,
      `import { followParent, reexecute } from ${JSON.stringify(runtime)};
       import { writeFileSync } from 'node:fs';
       followParent();
       if (process.argv[2] !== 'again') await reexecute(process.execPath, [process.argv[1], 'again']);
       const busy = setInterval(() => {}, 1000);
       process.once('SIGTERM', () => { writeFileSync(${JSON.stringify(join(folder, 'ended'))}, 'cleanly'); clearInterval(busy); process.exitCode = 5; });
       console.log('running', process.pid);`,
    );
    return startScript([script], folder);
  }
  async function waitForPid(stdout: () => string) {
    await vi.waitFor(() => expect(stdout()).toContain('running'), { timeout: 10_000 });
    return Number(stdout().split(' ')[1]);
  }

  it('passes SIGTERM on and keeps the exit code', async () => {
    const { child, ended, stdout } = startTwice();
    expect(await waitForPid(stdout)).not.toBe(child.pid);
    child.kill('SIGTERM');
    expect(await ended).toBe(5);
  });

  it('ends cleanly when the first process is killed outright', async () => {
    const { child, stdout } = startTwice();
    await waitForPid(stdout);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('cleanly'), { timeout: 10_000 });
  });
});
