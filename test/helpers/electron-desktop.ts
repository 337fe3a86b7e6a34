import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';

/** A desktop for windows to appear on: the machine's own, or a virtual screen with its own session bus. */
export interface TestDesktop {
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Null when this machine has neither a display nor Xvfb. */
export async function openTestDesktop(): Promise<TestDesktop | null> {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) {
    return { env: {}, stop: async () => undefined };
  }
  if (!hasProgram('Xvfb')) return null;
  const children: ChildProcess[] = [];
  const start = (command: string, args: string[], env: Record<string, string> = {}): ChildProcess => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    children.push(child);
    // Also when a test file breaks before it can call `stop`.
    process.once('exit', () => child.kill('SIGKILL'));
    return child;
  };

  const screen = start('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp']);
  const env: Record<string, string> = { DISPLAY: `:${await firstLine(screen)}` };
  if (hasProgram('dbus-daemon')) {
    const bus = start('dbus-daemon', ['--session', '--nofork', '--nosyslog', '--print-address=3']);
    env.DBUS_SESSION_BUS_ADDRESS = await firstLine(bus);
  }
  // Without a window manager nobody hands out the focus, and "inactive" would mean nothing.
  if (hasProgram('openbox')) start('openbox', [], env);

  return {
    env,
    async stop() {
      for (const child of children.reverse()) await endChild(child);
    },
  };
}

export function hasProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** The first line a child writes to its fourth stream. Rejects when the child ends before that. */
function firstLine(child: ChildProcess): Promise<string> {
  const stream = child.stdio[3] as Readable;
  return new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')).trim());
    });
    child.once('exit', (code) => reject(new Error(`${child.spawnfile} ended with code ${code}`)));
    child.once('error', reject);
  });
}
