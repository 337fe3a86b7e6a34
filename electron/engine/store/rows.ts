import { z } from 'zod';
import { EngineStartError } from '../contract.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/**
 * Rows are parsed when read: whoever edited the file, or whatever the disk did, the engine never works on a value of
 * the wrong shape.
 */

/** SQLite has no booleans. */
export const flagColumn = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

/** A TEXT column that holds the JSON of `schema`. */
export function jsonColumn<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** Checked to be an object only: what is inside is a server's or agent's own text and stays as it is. */
export const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** Throws `EngineStartError` (`database_corrupt`) naming table and key, never the content. */
export function decodeRow<T>(schema: z.ZodType<T>, row: unknown, table: string, key: string | number): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const columns = parsed.error.issues.map((issue) => String(issue.path[0] ?? 'row'));
  throw new EngineStartError(
    'database_corrupt',
    `The database holds a damaged row: table ${table}, key ${JSON.stringify(key)}, ${columns.join(', ')}.`,
    'Stop ScopeGate and put a backup from the backups folder beside the database in its place.',
  );
}

export function decodeRows<T, R>(
  schema: z.ZodType<T>,
  rows: R[],
  table: string,
  key: (row: R) => string | number,
): T[] {
  return rows.map((row) => decodeRow(schema, row, table, key(row)));
}

/** True for the errors SQLite gives when the file itself is broken. */
export function isCorruption(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    /^SQLITE_(CORRUPT|NOTADB|FORMAT|IOERR_SHORT_READ)/.test(String(error.code))
  );
}
