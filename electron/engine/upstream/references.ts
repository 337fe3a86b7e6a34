import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { FaultMaker } from './faults.ts';
import type { Redactor } from './redactor.ts';

/** Where secrets come from until a value is needed to connect. */
export interface ReferenceContext {
  env: Readonly<Record<string, string | undefined>>;
  /** Learns every resolved value before it is handed out. */
  redactor: Redactor;
  makeFault: FaultMaker;
}

/** A header or an environment variable is small; a larger file is the wrong file. */
const maxSecretBytes = 64 * 1024;

/**
 * Resolves `env:NAME` and `file:PATH` in a record of values; other text is taken literally. Throws a `LinkFault` of kind
 * `secret` that names the reference, never the value.
 */
export async function resolveReferences(
  values: Readonly<Record<string, string>>,
  context: ReferenceContext,
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) resolved[name] = await resolveReference(value, context);
  return resolved;
}

async function resolveReference(value: string, context: ReferenceContext): Promise<string> {
  if (value.startsWith('env:')) return resolveVariable(value, context);
  if (value.startsWith('file:')) return resolveFile(value, context);
  return value;
}

function resolveVariable(reference: string, context: ReferenceContext): string {
  const secret = context.env[reference.slice('env:'.length)];
  if (secret === undefined || secret === '') {
    throw context.makeFault('secret', {
      message: `The reference ${reference} has no value.`,
      fix: 'Set this environment variable where ScopeGate is started, then restart ScopeGate.',
    });
  }
  context.redactor.add(secret);
  return secret;
}

async function resolveFile(reference: string, context: ReferenceContext): Promise<string> {
  const file = reference.slice('file:'.length);
  const refuse = (why: string): never => {
    throw context.makeFault('secret', {
      message: `The reference ${reference} cannot be used: ${why}.`,
      fix: 'Check that the file exists, is yours to read, and holds nothing but the secret.',
    });
  };
  if (!path.isAbsolute(file)) return refuse('the path must be absolute');
  const secret = await readSecretFile(file).catch((error: NodeJS.ErrnoException) =>
    refuse(error.code === 'ENOENT' ? 'the file does not exist' : (error.code ?? error.message)),
  );
  if (secret === '') return refuse('the file is empty');
  context.redactor.add(secret);
  return secret;
}

/** O_NONBLOCK: opening a named pipe must not hang the engine; the check on the open handle cannot be raced. */
async function readSecretFile(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error('it is not a regular file');
    if (stat.size > maxSecretBytes) throw new Error('it is larger than 64 KiB');
    return (await handle.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await handle.close();
  }
}
