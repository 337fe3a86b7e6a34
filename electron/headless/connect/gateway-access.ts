import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defaultPort } from '../../engine/default-port.ts';
import { defaultDataDir } from '../app-paths.ts';
import type { ConnectOptions } from '../cli.ts';
import { readOwnerFile } from '../owner-file.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type TokenResult = { ok: true; token: string } | { ok: false; message: string };

/** The agent's token from `--token-file`, else from `SCOPEGATE_TOKEN`. A failure names the place, never a value. */
export function readAgentToken(tokenFile: string | null, env: Env): TokenResult {
  const place = tokenFile === null ? 'The environment variable SCOPEGATE_TOKEN' : `The token file ${tokenFile}`;
  const found = tokenFile === null ? { ok: true as const, text: env.SCOPEGATE_TOKEN ?? '' } : readOwnerFile(tokenFile);
  if (!found.ok) return { ok: false, message: `${place} is not used: ${found.message}` };
  const token = found.text.trim();
  if (token === '') return { ok: false, message: `${place} holds no token.` };
  if (!/^[\x21-\x7e]+$/.test(token)) return { ok: false, message: `${place} holds something that is no token.` };
  return { ok: true, token };
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
