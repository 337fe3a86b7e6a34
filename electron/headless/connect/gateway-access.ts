import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { defaultPort } from '../../engine/default-port.ts';
import { defaultDataDir } from '../app-paths.ts';
import type { ConnectOptions } from '../cli.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type TokenResult = { ok: true; token: string } | { ok: false; message: string };

/** The agent's token from `--token-file`, else from `SCOPEGATE_TOKEN`. A failure names the place, never a value. */
export function readAgentToken(tokenFile: string | null, env: Env): TokenResult {
  const place = tokenFile === null ? 'The environment variable SCOPEGATE_TOKEN' : `The token file ${tokenFile}`;
  const found = tokenFile === null ? { ok: true as const, token: env.SCOPEGATE_TOKEN ?? '' } : readTokenFile(tokenFile);
  if (!found.ok) return { ok: false, message: `${place} is not used: ${found.message}` };
  const token = found.token.trim();
  if (token === '') return { ok: false, message: `${place} holds no token.` };
  if (!/^[\x21-\x7e]+$/.test(token)) return { ok: false, message: `${place} holds something that is no token.` };
  return { ok: true, token };
}

const maxTokenBytes = 4096;

/** Looks at the open file itself, so that nothing can be swapped between the look and the use. */
function readTokenFile(file: string): TokenResult {
  let descriptor: number;
  try {
    // Not blocking: a named pipe is refused, not waited for. Both are undefined on Windows.
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    return { ok: false, message: code === 'ELOOP' ? 'it is a symbolic link.' : `it cannot be read (${code}).` };
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > maxTokenBytes) return { ok: false, message: 'it is no file with one token.' };
    if (process.getuid && stats.uid !== process.getuid()) return { ok: false, message: 'it belongs to another user.' };
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      return { ok: false, message: `only you may be able to read it. Run: chmod 600 ${file}` };
    }
    return { ok: true, token: readFileSync(descriptor, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}

/** The address as it is now: the port may be chosen anew while this program runs. */
export function locateGateway(options: Omit<ConnectOptions, 'tokenFile'>, env: Env): URL {
  const base = options.url ?? `http://127.0.0.1:${storedPort(options.dataDir ?? defaultDataDir(env))}/mcp`;
  return new URL(options.server === null ? base : `${base.replace(/\/$/, '')}/${options.server}`);
}

/** The desktop app's choice, then the headless host's. Read as plain JSON: their libraries would triple the start. */
function storedPort(dataDir: string): number {
  const desktop = readSettings(path.join(dataDir, 'settings.json'));
  const headless = readSettings(path.join(dataDir, 'headless-settings.json'));
  return asPort(desktop.agentPort) ?? asPort(headless.port) ?? defaultPort;
}

function readSettings(file: string): { agentPort?: unknown; port?: unknown } {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function asPort(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 65535 ? value : null;
}
