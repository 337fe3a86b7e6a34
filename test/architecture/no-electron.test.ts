import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot, readSources } from './source-tree.ts';

const hook = pathToFileURL(join(projectRoot, 'test', 'architecture', 'forbid-electron.mjs')).href;
const children: ChildProcess[] = [];
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-no-electron-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function startNode(...args: string[]) {
  const child = spawn(process.execPath, ['--import', hook, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output, ended };
}

function importInChild(files: string[]) {
  const urls = files.map((file) => pathToFileURL(file).href);
  return startNode('--input-type=module', '--eval', `for (const url of ${JSON.stringify(urls)}) await import(url);`);
}

describe('without Electron (security)', () => {
  it.each(['electron', 'electron-store'])('a process under the hook cannot import %s', async (name) => {
    const { output, ended } = startNode('--input-type=module', '--eval', `await import(${JSON.stringify(name)})`);
    expect(await ended).toBe(1);
    expect(output.stderr).toContain(`forbidden import of "${name}"`);
  });

  it('every file of the engine and the contract loads', async () => {
    const files = readSources('electron/engine', 'electron/shared').map(({ path }) => join(projectRoot, path));
    const { output, ended } = importInChild(files);
    expect(await ended, output.stderr).toBe(0);
  });

  it('the headless host starts, is ready and ends cleanly', async () => {
    const config = join(folder, 'gate.yaml');
    writeFileSync(config, 'port: 0\n');
    const entry = join(projectRoot, 'electron', 'headless', 'main.ts');
    const { child, output, ended } = startNode(entry, 'serve', '--data-dir', join(folder, 'data'), '--config', config);
    const isReady = new Promise<void>((resolve) => {
      child.stdout.on('data', () => {
        if (output.stdout.includes('"event":"ready"')) resolve();
      });
    });
    await Promise.race([isReady, ended]);
    expect(output.stdout, output.stderr).toContain('"event":"ready"');
    child.kill('SIGTERM');
    expect(await ended, output.stderr).toBe(0);
  });
});
