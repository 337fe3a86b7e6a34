import { readFile } from 'node:fs/promises';
import path from 'node:path';

export type SecretResult = { ok: true; value: string } | { ok: false; message: string };

/**
 * Reads the value behind `env:NAME` or `file:PATH` (relative to `folder`; one trailing line end is not part of it).
 * A failure names the reference, never a value.
 */
export async function resolveSecretReference(
  reference: string,
  from: { env: Readonly<Record<string, string | undefined>>; folder: string },
): Promise<SecretResult> {
  if (reference.startsWith('env:')) {
    const value = from.env[reference.slice('env:'.length)];
    if (value) return { ok: true, value };
    return { ok: false, message: `${reference}: this environment variable is not set` };
  }
  if (!reference.startsWith('file:')) return { ok: false, message: 'expected env:NAME or file:PATH' };
  try {
    const text = await readFile(path.resolve(from.folder, reference.slice('file:'.length)), 'utf8');
    return { ok: true, value: text.replace(/\r?\n$/, '') };
  } catch (error) {
    return { ok: false, message: `${reference}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` };
  }
}
