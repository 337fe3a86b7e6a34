import type { ClientKind } from './client-table.ts';
import { hashBytes } from './config-file.ts';
import { findServersKey, isPlain, type Plain, valueAt } from './parse-config.ts';
import { findSecretArguments, hasSecretInUrl, looksSecret, maskUrl } from './recognise-secret.ts';
import { readFilled } from './variables.ts';

/** A value of a server that is not stored as it stands. */
export interface FoundSecret {
  place: 'env' | 'header';
  name: string;
  /** In clear; null where the client fills it in itself, so that ScopeGate does not have it. */
  value: string | null;
  /** `env:NAME` where the file itself names a variable. */
  reference: string | null;
  /** Why a person has to say where it comes from; empty where `value` or `reference` will do. */
  asks: string;
}

export type FoundTransport =
  | { kind: 'stdio'; command: string; args: string[]; cwd: string | null; env: Record<string, string> }
  | { kind: 'http'; url: string; headers: Record<string, string> };

/** One server as a client's file has it. Values that look secret are in `secrets`, never in `transport`. */
export interface FoundEntry {
  key: string;
  name: string;
  /** The project the entry belongs to where one file holds several; null: everywhere. */
  group: string | null;
  /** Names from the root of the file to the entry. */
  at: readonly string[];
  transport: FoundTransport | null;
  secrets: FoundSecret[];
  isOff: boolean;
  /** Why it cannot be imported, one sentence each; empty: it can. */
  problems: string[];
  notes: string[];
}

/** Every server of one file, in its order. */
export function readServers(kind: ClientKind, file: string, value: Plain, keys: ClientKind['files'][number]['keys']) {
  const found = listEntries(file, valueAt(value, findServersKey(value, keys)), findServersKey(value, keys), null);
  // Claude Code keeps servers of single projects beside those for all
  const projects = kind.id === 'claude-code' ? valueAt(value, ['projects']) : undefined;
  if (!isPlain(projects)) return found;
  const more = Object.entries(projects).flatMap(([project, settings]) => {
    const at = ['projects', project, 'mcpServers'];
    return listEntries(file, valueAt(settings, ['mcpServers']), at, project);
  });
  return [...found, ...more];
}

function listEntries(file: string, servers: unknown, at: readonly string[], group: string | null): FoundEntry[] {
  if (!isPlain(servers)) return [];
  return Object.entries(servers).flatMap(([name, entry]) => {
    const path = [...at, name];
    const key = hashBytes(Buffer.from(JSON.stringify([file, path]))).slice(0, 24);
    return isPlain(entry) && !isBuiltIn(entry) ? [readEntry({ key, name, group, at: path }, entry)] : [];
  });
}

/** Goose lists its own extensions in the same place; they are no servers. */
function isBuiltIn(entry: Plain): boolean {
  return typeof entry.type === 'string' && ['builtin', 'platform', 'frontend', 'inline_python'].includes(entry.type);
}

function readEntry(place: Pick<FoundEntry, 'key' | 'name' | 'group' | 'at'>, entry: Plain): FoundEntry {
  const isOff = entry.disabled === true || entry.enabled === false;
  const found: FoundEntry = { ...place, transport: null, secrets: [], isOff, problems: [], notes: [] };
  const url = [entry.url, entry.serverUrl, entry.httpUrl, entry.uri].find((text) => typeof text === 'string');
  const command = readCommand(entry);
  if (typeof url === 'string') readRemote(found, entry, url);
  else if (command !== null) readLocal(found, entry, command);
  else found.problems.push('It has neither a command nor an address.');
  return found;
}

function readCommand(entry: Plain): string[] | null {
  const command = entry.command ?? entry.cmd;
  const args = stringsOf(entry.args);
  if (Array.isArray(command)) {
    const words = stringsOf(command);
    return words.length > 0 ? [...words, ...args] : null;
  }
  // Zed's older shape
  if (isPlain(command) && typeof command.path === 'string') return [command.path, ...stringsOf(command.args)];
  return typeof command === 'string' && command.trim() !== '' ? [command, ...args] : null;
}

function readLocal(found: FoundEntry, entry: Plain, [command = '', ...args]: string[]): void {
  const filled = [command, ...args].map(readFilled);
  const open = filled.flatMap((word) => (word.kind === 'literal' ? [] : [word.kind === 'env' ? word.name : word.what]));
  if (open.length > 0)
    found.problems.push(`Its command needs ${open[0]}, which only this client fills in. Add it by hand.`);
  if (findSecretArguments(args).length > 0)
    found.problems.push(
      'One of its arguments looks like a secret, which every program here can see. Move it to a variable first.',
    );
  const env = readValues(found, 'env', entry.env ?? entry.envs ?? entry.environment);
  if (stringsOf(entry.env_keys).length > 0)
    found.notes.push('Some of its variables are in Goose’s own keyring. Give them again after the import.');
  const cwd = typeof entry.cwd === 'string' && readFilled(entry.cwd).kind === 'literal' ? entry.cwd : null;
  if (typeof entry.cwd === 'string' && cwd === null) found.problems.push('Its folder depends on the open project.');
  found.transport = { kind: 'stdio', command, args, cwd, env };
}

function readRemote(found: FoundEntry, entry: Plain, url: string): void {
  if (readFilled(url).kind !== 'literal')
    found.problems.push('Its address has a placeholder that only this client fills in. Add it by hand.');
  else if (!canParse(url)) found.problems.push('Its address cannot be read.');
  if (hasSecretInUrl(url))
    found.problems.push('Its address contains what looks like a secret. Move it to a header first, or add it by hand.');
  if (entry.type === 'sse') found.notes.push('It is an old SSE address; ScopeGate tries it as it is.');
  const headers = readValues(found, 'header', entry.headers ?? entry.http_headers);
  for (const [name, variable] of Object.entries(isPlain(entry.env_http_headers) ? entry.env_http_headers : {}))
    if (typeof variable === 'string') found.secrets.push(fromVariable('header', name, variable));
  if (typeof entry.bearer_token_env_var === 'string')
    found.secrets.push({
      ...{ place: 'header', name: 'Authorization', value: null, reference: null },
      asks: `Codex makes it of “Bearer ” and the variable ${entry.bearer_token_env_var}.`,
    });
  found.transport = { kind: 'http', url, headers };
}

function canParse(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** The values that can stand in the transport; the others go to `secrets`. */
function readValues(found: FoundEntry, place: FoundSecret['place'], values: unknown): Record<string, string> {
  const open: Record<string, string> = {};
  for (const [name, given] of Object.entries(isPlain(values) ? values : {})) {
    if (!['string', 'number', 'boolean'].includes(typeof given)) continue;
    const filled = readFilled(String(given));
    if (filled.kind === 'env') found.secrets.push(fromVariable(place, name, filled.name));
    else if (filled.kind === 'client')
      found.secrets.push({ place, name, value: null, reference: null, asks: `The client makes it of ${filled.what}.` });
    else if (looksSecret(name, filled.value) || /^(?:env|file):/.test(filled.value))
      found.secrets.push({ place, name, value: filled.value, reference: null, asks: '' });
    else open[name] = filled.value;
  }
  return open;
}

function fromVariable(place: FoundSecret['place'], name: string, variable: string): FoundSecret {
  return { place, name, value: null, reference: `env:${variable}`, asks: '' };
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** One line that says what would run or be reached, without anything secret. */
export function describeTransport(transport: FoundTransport | null): string {
  if (transport === null) return '';
  if (transport.kind === 'http') return maskUrl(transport.url);
  const secret = new Set(findSecretArguments(transport.args));
  return [transport.command, ...transport.args.map((arg, index) => (secret.has(index) ? '•••' : arg))].join(' ');
}

/** True for an entry that leads to this gateway: by its address or token, or because it starts the helper. */
export function isOwnEntry(entry: FoundEntry, mcpUrl: string | null): boolean {
  const { transport } = entry;
  if (transport === null) return false;
  if (transport.kind === 'http') return isGatewayUrl(transport.url, mcpUrl, hasOwnToken(entry));
  const words = [transport.command, ...transport.args];
  return words.includes('connect') && words.some((word) => /scopegate/i.test(word));
}

/** A token of ours tells the entry after the port has moved. */
function hasOwnToken({ secrets }: FoundEntry): boolean {
  return secrets.some(({ value }) => value?.startsWith('Bearer sgk_') === true);
}

function isGatewayUrl(url: string, mcpUrl: string | null, isOurs: boolean): boolean {
  try {
    const { hostname, port, pathname } = new URL(url);
    const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
    if (!isLoopback || !/^\/mcp(?:\/|$)/.test(pathname)) return false;
    return isOurs || (mcpUrl !== null && new URL(mcpUrl).port === port);
  } catch {
    return false;
  }
}
