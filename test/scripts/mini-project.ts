import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const project = join(import.meta.dirname, '..', '..');

/** A throw-away project with this one's scripts and packages, and sources of the test's own. */
export interface MiniProject {
  root: string;
  write(path: string, text: string): void;
  /** Starts `node <script> <args>` in it. */
  start(script: string, args: string[], env?: NodeJS.ProcessEnv): StartedScript;
  remove(): void;
}

export interface StartedScript {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Exit code; null when a signal ended it. */
  ended: Promise<number | null>;
}

/** Starts a Node script with its output collected. */
export function startScript(args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env): StartedScript {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** Copies the scripts, links the packages. The caller removes it. */
export function createMiniProject(): MiniProject {
  const root = mkdtempSync(join(tmpdir(), 'scopegate-mini-'));
  const copied = [
    'package.json',
    'package-lock.json',
    'scripts',
    'vitest.config.ts',
    'test/helpers/patience.ts',
    'electron/vite.config.ts',
    'electron/headless/bin.mjs',
    'renderer/vite.config.ts',
  ];
  for (const path of copied) cpSync(join(project, path), join(root, path), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'), 'junction');
  return {
    root,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    start: (script, args, env) => startScript([join(root, script), ...args], root, env),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
