import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished, vi } from 'vitest';
import { patient } from '../helpers/gateway.ts';
import { mainFile } from './run-cli.ts';

type Message = Record<string, unknown>;

/** `scopegate connect` in a process of its own, spoken to line by line. */
export interface RawConnect {
  child: ChildProcessWithoutNullStreams;
  /** Every line of its output, as it came. */
  lines: string[];
  stderr(): string;
  write(line: string | object): void;
  /** The first message so far, or to come, that fits. */
  next(fits: (message: Message) => boolean): Promise<Message>;
  /** Ends its input; gives the exit code. */
  end(): Promise<number | null>;
}

/** What starts the shim, for the SDK's stdio clients. */
export function connectCommand(url: string, token: string, ...more: string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', SCOPEGATE_TOKEN: token };
  return { command: process.execPath, args: [mainFile, 'connect', '--url', url, ...more], env };
}

export function startConnect(args: readonly string[], env: Record<string, string> = {}): RawConnect {
  const child = spawn(process.execPath, [mainFile, 'connect', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  let err = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    lines,
    stderr: () => err,
    write: (line) => void child.stdin.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`),
    next: (fits) =>
      vi.waitFor(() => {
        const found = lines.map((line) => JSON.parse(line) as Message).find(fits);
        if (found === undefined) throw new Error(`not among ${lines.length} messages: ${lines.join('\n')}${err}`);
        return found;
      }, patient),
    end() {
      child.stdin.end();
      return ended;
    },
  };
}

export const initialize = {
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
export const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
