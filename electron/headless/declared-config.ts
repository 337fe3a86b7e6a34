import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import type { DeclaredAgent, DeclaredConfig, DeclaredServer } from '../engine/contract.ts';
import { type ConfigProblem, parseYaml, type YamlDocument, type YamlPath } from '../engine/yaml-document.ts';
import { agentSchema, configFileSchema, httpServerSchema, stdioServerSchema } from './declared-config-schema.ts';
import { resolveSecretReference } from './secret-reference.ts';

export type DeclaredConfigResult =
  | { ok: true; config: DeclaredConfig }
  /** At least one problem, in the order of the file. */
  | { ok: false; file: string; problems: ConfigProblem[] };

type Environment = Readonly<Record<string, string | undefined>>;

const maxFileBytes = 1024 * 1024;
const minTokenLength = 32;
const maxTokenLength = 4096;

/**
 * Reads and checks a declared configuration. Agents' tokens are resolved here; references in `env` and `headers` stay
 * references until a server starts. Relative paths mean the file's folder, which is also where commands run.
 */
export async function readDeclaredConfig(file: string, env: Environment): Promise<DeclaredConfigResult> {
  const absolute = path.resolve(file);
  const refuse = (problems: ConfigProblem[]): DeclaredConfigResult => ({ ok: false, file, problems });
  const text = await readConfigText(absolute);
  if ('message' in text) return refuse([text]);
  const document = parseYaml(text.text);
  if (document.problems.length > 0) return refuse(document.problems);

  const parsed = configFileSchema.safeParse(document.value);
  const problems = parsed.success ? [] : describeIssues(document, [], parsed.error, configFileSchema);
  const servers = readServers(document, path.dirname(absolute), problems);
  const agents = parsed.success ? await readAgents(document, parsed.data.agents, absolute, env, problems) : [];
  if (!parsed.success || problems.length > 0) {
    return refuse(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return { ok: true, config: { file: absolute, port: parsed.data.port ?? null, servers, agents } };
}

/** `FILE:LINE:COLUMN: message`, one line each. */
export function formatConfigProblems(file: string, problems: ConfigProblem[]): string {
  return problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n');
}

async function readConfigText(file: string): Promise<{ text: string } | ConfigProblem> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > maxFileBytes) return { line: 1, column: 1, message: 'the file is larger than 1 MiB' };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { line: 1, column: 1, message: 'the file is not UTF-8 text' };
    return { line: 1, column: 1, message: `the file cannot be read (${code ?? 'unknown error'})` };
  }
}

function readServers(document: YamlDocument, folder: string, problems: ConfigProblem[]): DeclaredServer[] {
  const entries = isRecord(document.value) && isRecord(document.value.servers) ? document.value.servers : {};
  const servers: DeclaredServer[] = [];
  for (const [id, value] of Object.entries(entries)) {
    if (!isRecord(value)) continue;
    const at = ['servers', id];
    const server = readServer(document, at, id, value, folder, problems);
    if (server) servers.push(server);
  }
  return servers;
}

function readServer(
  document: YamlDocument,
  at: YamlPath,
  id: string,
  value: Record<string, unknown>,
  folder: string,
  problems: ConfigProblem[],
): DeclaredServer | null {
  if ('command' in value === 'url' in value) {
    const both = 'command' in value;
    const message = both
      ? 'a server has either a command or a url, not both'
      : 'a server needs a command (started here) or a url (reached over HTTP)';
    problems.push(document.atKey(both ? [...at, 'url'] : at, message));
    return null;
  }
  if ('url' in value) {
    const http = httpServerSchema.safeParse(value);
    if (!http.success) {
      problems.push(...describeIssues(document, at, http.error, httpServerSchema));
      return null;
    }
    const headers = absoluteReferences(http.data.headers, folder);
    return { id, trusted: http.data.trusted, transport: { kind: 'http', url: http.data.url, headers } };
  }
  const stdio = stdioServerSchema.safeParse(value);
  if (!stdio.success) {
    problems.push(...describeIssues(document, at, stdio.error, stdioServerSchema));
    return null;
  }
  const { command, args, cwd, env, trusted } = stdio.data;
  return {
    id,
    trusted,
    transport: {
      kind: 'stdio',
      command: resolveCommand(command, folder),
      // Left as written: a relative path in them means the working folder, which is the file's.
      args,
      cwd: cwd === undefined ? folder : path.resolve(folder, cwd),
      env: absoluteReferences(env, folder),
    },
  };
}

/** A bare name is searched for, and `~/` means the home folder, both when the server starts. */
function resolveCommand(command: string, folder: string): string {
  return /[/\\]/.test(command) && !command.startsWith('~/') ? path.resolve(folder, command) : command;
}

async function readAgents(
  document: YamlDocument,
  entries: Record<string, z.infer<typeof agentSchema>>,
  file: string,
  env: Environment,
  problems: ConfigProblem[],
): Promise<DeclaredAgent[]> {
  const agents: DeclaredAgent[] = [];
  for (const [key, entry] of Object.entries(entries)) {
    const at = ['agents', key];
    const name = key.trim();
    if (agents.some((other) => other.name === name)) {
      problems.push(document.atKey(at, `another agent is called "${name}" already`));
    }
    const found = await resolveSecretReference(entry.token, { env, folder: path.dirname(file) });
    const fault = found.ok ? checkToken(entry.token, found.value, agents) : found.message;
    if (fault !== null || !found.ok) {
      problems.push(document.at([...at, 'token'], fault ?? 'the token cannot be read'));
      continue;
    }
    agents.push({
      name,
      token: found.value,
      defaultEffect: entry.default ?? null,
      tools: entry.tools,
      limit: entry.limit ?? null,
    });
  }
  return agents;
}

/** Names the reference, never the value. */
function checkToken(reference: string, token: string, others: DeclaredAgent[]): string | null {
  if (token.length < minTokenLength) return `the token from ${reference} has fewer than ${minTokenLength} characters`;
  if (token.length > maxTokenLength) return `the token from ${reference} has more than ${maxTokenLength} characters`;
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return `the token from ${reference} has spaces or characters that an HTTP header cannot carry`;
  }
  const twin = others.find((other) => other.token === token);
  return twin ? `the token from ${reference} is also the token of agent "${twin.name}"; each needs its own` : null;
}

function absoluteReferences(values: Record<string, string>, folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.startsWith('file:') ? `file:${path.resolve(folder, value.slice('file:'.length))}` : value,
    ]),
  );
}

type ShapedSchema = { shape: Record<string, unknown> };

function describeIssues(
  document: YamlDocument,
  base: YamlPath,
  error: z.ZodError,
  root: ShapedSchema,
): ConfigProblem[] {
  return error.issues.flatMap((issue) => {
    const at = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const shape = issue.path.length === 0 ? root.shape : agentSchema.shape;
      const allowed = Object.keys(shape).join(', ');
      const where = at.length === 0 ? 'at the top of the file' : `in ${at.map(String).join('.')}`;
      return issue.keys.map((key) =>
        document.atKey([...at, key], `unknown key "${key}" ${where}; allowed here: ${allowed}`),
      );
    }
    if (issue.code === 'invalid_key')
      return [document.atKey(at, issue.issues[0]?.message ?? 'this key is not allowed')];
    if (issue.code === 'invalid_type') return [describeType(document, at, issue.expected)];
    return [document.at(at, issue.message)];
  });
}

const typeWords: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

function describeType(document: YamlDocument, at: YamlPath, expected: string): ConfigProblem {
  const found = valueAt(document.value, at);
  const wanted = typeWords[expected] ?? expected;
  if (found === undefined)
    return document.atKey(at.slice(0, -1), `"${String(at.at(-1))}" is missing; expected ${wanted}`);
  const isQuotable = expected === 'string' && (typeof found === 'number' || typeof found === 'boolean');
  const hint = isQuotable ? '; put it in quotes' : '';
  return document.at(at, `expected ${wanted}, found ${describeKind(found)}${hint}`);
}

function describeKind(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeWords[typeof value] ?? typeof value;
}

function valueAt(root: unknown, at: YamlPath): unknown {
  let value = root;
  for (const key of at) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
