import path from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';

export interface ServeOptions {
  /** Absolute; null = the default for this system. */
  dataDir: string | null;
  /** Absolute. */
  configFile: string | null;
  /** Agents' port; 0 = any free port; null = as declared or stored. */
  port: number | null;
  /** The user interface's port; 0 = any free port. */
  uiPort: number;
  loginLink: boolean;
  open: boolean;
  /** Absolute; null = a person unlocks the vault. */
  passphraseFile: string | null;
}
export type DemoOptions = Pick<ServeOptions, 'uiPort' | 'loginLink' | 'open'> & { port: number };
export interface DoctorOptions {
  dataDir: string | null;
  port: number | null;
  tokenFile: string | null;
  json: boolean;
}

export interface ConnectOptions {
  dataDir: string | null;
  /** The gateway's `/mcp` on this machine; null = at the port the app has stored. */
  url: string | null;
  /** This server alone, its names without a prefix; null: all servers. */
  server: string | null;
  /** Absolute. Null: the token is in the environment. */
  tokenFile: string | null;
}

export interface VerifyCommandOptions {
  dataDir: string | null;
  /** A head noted elsewhere before, which must still be in the log. */
  head: { seq: number; hash: string } | null;
  json: boolean;
}

export const tailKeys = ['agent', 'server', 'tool', 'event', 'outcome', 'tier', 'rule'] as const;
export interface TailFilter {
  key: (typeof tailKeys)[number];
  /** Lower case. */
  value: string;
}
export interface TailOptions {
  dataDir: string | null;
  follow: boolean;
  /** How many of the newest rows come first. */
  lines: number;
  filters: TailFilter[];
}

export const helpTopics = ['serve', 'connect', 'doctor', 'verify', 'tail', 'demo'] as const;
export type HelpTopic = (typeof helpTopics)[number];

export type Command =
  | { kind: 'serve'; options: ServeOptions }
  | { kind: 'demo'; options: DemoOptions }
  /** The demo's own MCP server, started by the demo over stdio. */
  | { kind: 'demo-server' }
  | { kind: 'doctor'; options: DoctorOptions }
  | { kind: 'connect'; options: ConnectOptions }
  | { kind: 'verify'; options: VerifyCommandOptions }
  | { kind: 'tail'; options: TailOptions }
  | { kind: 'version' }
  | { kind: 'help'; topic: HelpTopic | null }
  | { kind: 'mistake'; message: string; topic: HelpTopic | null };

type Values = Record<string, string | boolean | undefined>;
type Flags = NonNullable<ParseArgsConfig['options']>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const flagsOf: Record<HelpTopic, Flags> = {
  serve: {
    ...{ 'data-dir': text, config: text, port: text, 'ui-port': text, 'login-link': flag, open: flag, help: flag },
    'passphrase-file': text,
  },
  demo: { port: text, 'ui-port': text, 'login-link': flag, open: flag, help: flag },
  connect: { url: text, server: text, 'token-file': text, 'data-dir': text, help: flag },
  doctor: { 'data-dir': text, port: text, 'token-file': text, json: flag, help: flag },
  verify: { 'data-dir': text, head: text, json: flag, help: flag },
  tail: { 'data-dir': text, follow: flag, lines: text, filter: { type: 'string', multiple: true }, help: flag },
};

/** What a command line asks for. Relative paths mean `cwd`. Never throws. */
export function parseCommand(args: readonly string[], cwd: string): Command {
  const [name, ...rest] = args;
  if (name === undefined) return { kind: 'mistake', message: 'a command is missing', topic: null };
  if (name === '--version' || name === '-v') return { kind: 'version' };
  if (name === 'help' || name === '--help' || name === '-h') return parseHelp(rest[0]);
  if (name === 'demo-server') return { kind: 'demo-server' };
  if (!isTopic(name)) {
    const what = name.startsWith('-') ? `"${name}" is not an option here` : `"${name}" is not a command`;
    return { kind: 'mistake', message: what, topic: null };
  }
  try {
    const { values } = parseArgs({ args: rest, options: flagsOf[name], strict: true, allowPositionals: false });
    if (values.help === true) return { kind: 'help', topic: name };
    return readOptions(name, values as Values, cwd);
  } catch (error) {
    return { kind: 'mistake', message: describeMistake(error), topic: name };
  }
}

function parseHelp(topic: string | undefined): Command {
  if (topic === undefined) return { kind: 'help', topic: null };
  if (isTopic(topic)) return { kind: 'help', topic };
  return { kind: 'mistake', message: `"${topic}" is not a command`, topic: null };
}

function readOptions(name: HelpTopic, values: Values, cwd: string): Command {
  const port = readPort(values, 'port');
  const uiPort = readPort(values, 'ui-port') ?? 0;
  const dataDir = readPath(values, 'data-dir', cwd);
  const shown = { loginLink: values['login-link'] === true, open: values.open === true };
  if (name === 'demo') return { kind: 'demo', options: { port: port ?? 0, uiPort, ...shown } };
  if (name === 'serve') {
    const configFile = readPath(values, 'config', cwd);
    const passphraseFile = readPath(values, 'passphrase-file', cwd);
    return { kind: 'serve', options: { dataDir, configFile, port, uiPort, passphraseFile, ...shown } };
  }
  if (name === 'verify')
    return { kind: 'verify', options: { dataDir, head: readHead(values.head), json: values.json === true } };
  if (name === 'tail') {
    const { filter = [] } = values as { filter?: string[] };
    const lines = readLines(values.lines);
    return {
      kind: 'tail',
      options: { dataDir, follow: values.follow === true, lines, filters: filter.map(readFilter) },
    };
  }
  const tokenFile = readPath(values, 'token-file', cwd);
  if (name === 'connect') {
    const url = readGatewayUrl(values.url);
    return { kind: 'connect', options: { dataDir, url, server: readServerId(values.server), tokenFile } };
  }
  return { kind: 'doctor', options: { dataDir, port, tokenFile, json: values.json === true } };
}

/** A command line that cannot be meant; its message is for the person. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

function readPort(values: Values, name: string): number | null {
  const value = values[name];
  if (value === undefined) return null;
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65535)) throw new UsageError(`--${name} takes a number from 0 (any free port) to 65535`);
  return port;
}

const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** The token travels there in the clear, so it must not leave this machine. */
function readGatewayUrl(value: string | boolean | undefined): string | null {
  if (value === undefined) return null;
  const url = typeof value === 'string' ? parseUrl(value) : null;
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (!isPlain || url.protocol !== 'http:' || !loopbackNames.has(url.hostname)) {
    throw new UsageError('--url takes an address of this machine, such as http://127.0.0.1:7420/mcp');
  }
  if (url.pathname === '/') url.pathname = '/mcp';
  return url.href;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function readServerId(value: string | boolean | undefined): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && /^[a-z0-9-]{1,24}$/.test(value)) return value;
  throw new UsageError('--server takes the id of a server: 1 to 24 of a-z, 0-9 and -');
}

function readHead(value: string | boolean | undefined): VerifyCommandOptions['head'] {
  if (value === undefined) return null;
  const match = typeof value === 'string' ? /^(\d{1,15}):([0-9a-f]{64})$/.exec(value) : null;
  const [, seq, hash] = match ?? [];
  if (seq && hash) return { seq: Number(seq), hash };
  throw new UsageError('--head takes the number and the hash of a row, as `scopegate verify` prints them: 1234:9f86…');
}

function readLines(value: string | boolean | undefined): number {
  if (value === undefined) return 10;
  if (typeof value === 'string' && /^\d{1,7}$/.test(value)) return Number(value);
  throw new UsageError('--lines takes how many of the newest rows to print first');
}

function readFilter(text: string): TailFilter {
  const [, name, value] = /^([a-z]+):(.+)$/i.exec(text.trim()) ?? [];
  const key = tailKeys.find((known) => known === name?.toLowerCase());
  if (key !== undefined && value !== undefined) return { key, value: value.toLowerCase() };
  throw new UsageError(`--filter takes KEY:VALUE, KEY one of ${tailKeys.join(', ')}`);
}

function readPath(values: Values, name: string, cwd: string): string | null {
  const value = values[name];
  if (value === undefined) return null;
  if (value === '' || typeof value !== 'string') throw new UsageError(`--${name} takes a path`);
  return path.resolve(cwd, value);
}

/** The first sentence of parseArgs' own message: the rest advises a syntax that is not used here. */
function describeMistake(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/\. |\n/, 1)[0] ?? message;
}

function isTopic(name: string): name is HelpTopic {
  return (helpTopics as readonly string[]).includes(name);
}
