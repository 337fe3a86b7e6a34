import { join } from 'node:path';
import { EngineStartError } from '../engine/contract.ts';
import type { AuditRow, StoreReader } from '../engine/store/contract.ts';
import { openReader } from '../engine/store/reader.ts';
import { defaultDataDir } from './app-paths.ts';
import type { TailFilter, TailOptions } from './cli.ts';

interface TailContext {
  env: Readonly<Record<string, string | undefined>>;
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  /** Resolves when the process is asked to end, or nobody reads any more. */
  ended: Promise<unknown>;
}

const rowsPerStep = 500;
const lookEveryMs = 500;

/**
 * Prints the audit log as lines of JSON, each with every column of a row. Reads the database and changes nothing; works
 * without the app and beside it. Returns the exit code: see the help text.
 */
export async function runTail(options: TailOptions, context: TailContext): Promise<number> {
  const file = join(options.dataDir ?? defaultDataDir(context.env), 'scopegate.db');
  let isEnded = false;
  void context.ended.then(() => {
    isEnded = true;
  });
  try {
    const reader = openReader({ file });
    try {
      const newest = readNewest(reader, options);
      const print = (rows: readonly AuditRow[]) => {
        for (const row of rows) if (fits(row, options.filters)) context.stdout.write(toLine(row));
      };
      print(newest.rows);
      let seq = newest.through;
      while (options.follow && !isEnded) {
        const rows = reader.rowsAfter(seq, rowsPerStep);
        print(rows);
        seq = rows.at(-1)?.seq ?? seq;
        if (rows.length < rowsPerStep) await pause(lookEveryMs, context.ended);
      }
    } finally {
      reader.close();
    }
    return 0;
  } catch (error) {
    const isExpected = error instanceof EngineStartError;
    const reason = error instanceof Error ? error.message : String(error);
    context.stderr.write(
      `scopegate: ${isExpected ? `${error.message}\n${error.fix}` : `The log could not be read: ${reason}.`}\n`,
    );
    return 1;
  }
}

/** The newest rows that fit, oldest first, and the last row that was looked at. */
function readNewest(
  reader: Pick<StoreReader, 'auditEnd' | 'rowsAfter'>,
  { lines, filters }: TailOptions,
): { rows: AuditRow[]; through: number } {
  const through = reader.auditEnd();
  let rows: AuditRow[] = [];
  for (let top = through; top > 0 && rows.length < lines; top -= rowsPerStep) {
    const bottom = Math.max(0, top - rowsPerStep);
    const step = reader.rowsAfter(bottom, top - bottom).filter((row) => row.seq <= top && fits(row, filters));
    rows = [...step, ...rows];
  }
  return { rows: lines === 0 ? [] : rows.slice(-lines), through };
}

/** Every key that is named must fit, one value of a key is enough. */
function fits(row: AuditRow, filters: TailOptions['filters']): boolean {
  const keys = new Set(filters.map(({ key }) => key));
  return [...keys].every((key) => filters.some((filter) => filter.key === key && fitsOne(row, filter)));
}

function fitsOne(row: AuditRow, { key, value }: TailFilter): boolean {
  const has = (...texts: (string | null)[]) => texts.some((text) => text?.toLowerCase().includes(value));
  switch (key) {
    case 'agent':
      return has(row.agentId, row.agentName);
    case 'server':
      return has(row.serverId);
    case 'tool':
      return has(row.tool);
    case 'event':
      return has(row.event);
    case 'outcome':
      return row.outcome === value;
    case 'tier':
      return row.riskTier === value;
    case 'rule':
      return row.ruleId?.toLowerCase() === value;
  }
}

/** The shape of the lines of an export from the Audit page. */
function toLine({ seq, at, ...row }: AuditRow): string {
  return `${JSON.stringify({ seq, time: new Date(at).toISOString(), at, ...row })}\n`;
}

async function pause(ms: number, ended: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
    ended,
  ]);
  clearTimeout(timer);
}
