import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from './store/private-file.ts';

/**
 * The public key each line of audit keys began with, outside the database: every signature goes back to one of them.
 * Worth a copy elsewhere, because who can change this file can also begin a line of their own.
 */
export const firstKeysFileName = 'audit-first-keys.json';

const fileSchema = z.strictObject({
  version: z.literal(1),
  keys: z.array(z.strictObject({ line: z.number().int().positive(), publicKey: z.base64().length(44) })),
});

/** By line; null when there is no file, or one that is not whole. */
export function readFirstKeys(path: string): Map<number, Buffer> | null {
  const bytes = readPrivateFile(path);
  if (bytes === null) return null;
  try {
    const { keys } = fileSchema.parse(JSON.parse(bytes.toString('utf8')));
    return new Map(keys.map(({ line, publicKey }) => [line, Buffer.from(publicKey, 'base64')]));
  } catch {
    return null;
  }
}

export function writeFirstKeys(path: string, keys: ReadonlyMap<number, Buffer>): void {
  const list = [...keys].map(([line, publicKey]) => ({ line, publicKey: publicKey.toString('base64') }));
  writePrivateFile(path, `${JSON.stringify({ version: 1, keys: list })}\n`);
}
