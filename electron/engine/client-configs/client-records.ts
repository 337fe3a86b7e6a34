import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { LogPort } from '../ports.ts';
import { writeAtomic } from './change-file.ts';

const connectionSchema = z.object({
  id: z.string(),
  clientId: z.string(),
  project: z.string().nullable(),
  file: z.string(),
  agentId: z.string(),
  /** The agent was made for this write, so that undo removes it. */
  madeAgent: z.boolean(),
  at: z.number(),
  /** The address the entry leads to. */
  url: z.string(),
  tokenFile: z.string().nullable(),
  beforeHash: z.string(),
  afterHash: z.string(),
  backup: z.string().nullable(),
});
export type ConnectionRecord = z.infer<typeof connectionSchema>;

const watchedSchema = z.object({
  file: z.string(),
  clientId: z.string(),
  project: z.string().nullable(),
  /** Entries the person has seen here. */
  known: z.array(z.string()),
});

const recordsSchema = z.object({
  version: z.literal(1),
  isSetUp: z.boolean(),
  connections: z.array(connectionSchema),
  watched: z.array(watchedSchema),
});
export type ClientRecords = z.infer<typeof recordsSchema>;

const fileName = 'clients.json';

/** What ScopeGate wrote and read in other programs' files. Damaged: a fresh start, and a line in the log. */
export async function readRecords(dataDir: string, log: LogPort): Promise<ClientRecords> {
  const empty: ClientRecords = { version: 1, isSetUp: false, connections: [], watched: [] };
  const text = await readFile(path.join(dataDir, fileName), 'utf8').catch(() => null);
  if (text === null) return empty;
  try {
    return recordsSchema.parse(JSON.parse(text));
  } catch {
    log.warn('the record of connected clients cannot be read and starts anew', { file: fileName });
    // nobody who had one wants to be set up again
    return { ...empty, isSetUp: true };
  }
}

export async function writeRecords(dataDir: string, records: ClientRecords): Promise<void> {
  await writeAtomic(path.join(dataDir, fileName), Buffer.from(`${JSON.stringify(records, null, 2)}\n`), 0o600);
}
