import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Opened } from './arming.ts';
import { makeChildEnv } from './upstream/child-env.ts';
import type { ProgramFinder } from './upstream/find-program.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Ports {
  env: Env;
  finder: ProgramFinder;
  dataDir: string;
  now(): number;
}

const maxBytes = 64 * 1024;
/** A person may be asked for a fingerprint. */
const opTimeoutMs = 60_000;
/** So that 1Password does not ask with every request; forgotten when the vault is locked. */
const opCacheMs = 5 * 60_000;

/** Reads `env:NAME`, `file:/path` and `op://…` at the moment they are needed. */
export interface ReferenceReader {
  /** Waits only for a file or for 1Password. A failure names the reference, never a value. */
  read(reference: string): Opened<string> | Promise<Opened<string>>;
  hasOnePassword(): Promise<boolean>;
  forget(): void;
}

export function createReferenceReader(ports: Ports): ReferenceReader {
  const cache = new Map<string, { until: number; value: string }>();
  const running = new Map<string, Promise<Opened<string>>>();
  /** Rises when everything is forgotten: what was begun before then is not kept. */
  let round = 0;

  function readOp(reference: string): Opened<string> | Promise<Opened<string>> {
    const known = cache.get(reference);
    if (known !== undefined && known.until > ports.now()) return { ok: true, value: known.value };
    const reading = running.get(reference) ?? startOp(reference);
    running.set(reference, reading);
    return reading;
  }

  async function startOp(reference: string): Promise<Opened<string>> {
    const begun = round;
    try {
      const read = await runOp(reference, ports);
      if (read.ok && begun === round) cache.set(reference, { until: ports.now() + opCacheMs, value: read.value });
      return read;
    } finally {
      running.delete(reference);
    }
  }

  return {
    read(reference) {
      if (reference.startsWith('env:')) return readVariable(reference, ports.env);
      if (reference.startsWith('file:')) return readSecretFile(reference);
      return readOp(reference);
    },
    hasOnePassword: async () => (await ports.finder.find('op', ports.dataDir)).ok,
    forget() {
      round += 1;
      cache.clear();
    },
  };
}

function readVariable(reference: string, env: Env): Opened<string> {
  const value = env[reference.slice('env:'.length)];
  if (value) return { ok: true, value };
  return broken(`${reference} has no value.`, 'Set this variable where ScopeGate is started, then restart ScopeGate.');
}

async function readSecretFile(reference: string): Promise<Opened<string>> {
  const file = reference.slice('file:'.length);
  const fix = 'Check that the file exists, is yours to read, and holds nothing but the secret.';
  if (!path.isAbsolute(file)) return broken(`${reference} cannot be used: the path must be absolute.`, fix);
  try {
    const found = await stat(file);
    // a pipe would never end
    if (!found.isFile()) return broken(`${reference} cannot be used: it is not a regular file.`, fix);
    if (found.size > maxBytes) return broken(`${reference} cannot be used: it is larger than 64 KiB.`, fix);
    const value = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    return value === '' ? broken(`${reference} cannot be used: the file is empty.`, fix) : { ok: true, value };
  } catch (error) {
    return broken(`${reference} cannot be used (${(error as NodeJS.ErrnoException).code ?? 'error'}).`, fix);
  }
}

/** Without a shell; the reference is on the command line, the value comes back on stdout and nowhere else. */
async function runOp(reference: string, { env, finder, dataDir }: Ports): Promise<Opened<string>> {
  const search = await finder.find('op', dataDir);
  if (!search.ok)
    return broken(`${reference} needs the 1Password command line (op).`, 'Install op, or store the value.');
  const { file, prefixArgs, searchPath } = search.program;
  const child = spawn(file, [...prefixArgs, 'read', '--no-newline', reference], {
    env: makeChildEnv(env, searchPath, onePasswordVariables(env)),
    shell: false,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: opTimeoutMs,
  });
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else child.kill();
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', (exit) => resolve(exit));
  });
  const value = Buffer.concat(chunks).toString('utf8');
  if (code === 0 && value !== '' && size <= maxBytes) return { ok: true, value };
  return broken(`1Password did not give ${reference}.`, 'Unlock 1Password, check the reference, then try again.');
}

/** How its command line finds its account: its own variables and the desktop session's. */
function onePasswordVariables(env: Env): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && /^(OP_|XDG_|DBUS_SESSION_BUS_ADDRESS$)/.test(name)) own[name] = value;
  }
  return own;
}

function broken(message: string, fix: string): Opened<never> {
  return { ok: false, why: { state: 'broken', message, fix } };
}
