import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const mainFile = fileURLToPath(new URL('../../electron/headless/main.ts', import.meta.url));

export interface CliRun {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The next line of stdout as JSON; rejects when the process ends first. */
  nextLine(): Promise<Record<string, unknown>>;
  /** Resolves with the exit code, or the signal's name. */
  ended: Promise<number | string>;
}

/** Starts the real `scopegate` command in a process of its own. */
export function runCli(args: readonly string[], env: Record<string, string> = {}, cwd?: string): CliRun {
  const child = spawn(process.execPath, [mainFile, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'dumb', ...env },
  });
  let out = '';
  let err = '';
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    out += `${line}\n`;
    const next = waiting.shift();
    if (next) next(line);
    else lines.push(line);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? '')),
  );
  const nextLine = () =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const take = (line: string) => resolve(JSON.parse(line) as Record<string, unknown>);
      const ready = lines.shift();
      if (ready !== undefined) return take(ready);
      waiting.push(take);
      void ended.then((code) => reject(new Error(`ended with ${code}\n${err}`)));
    });
  return { child, stdout: () => out, stderr: () => err, nextLine, ended };
}
