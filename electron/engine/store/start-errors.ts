import { EngineStartError } from '../contract.ts';
import { listBackups } from './backups.ts';
import { reasonOf } from './private-file.ts';
import { isCorruption } from './rows.ts';

/** The damaged file stays where and as it is; the person decides. */
export function corruptError(file: string, detail: string): EngineStartError {
  const newest = listBackups(file)[0];
  const backup = newest
    ? `The newest backup is ${newest.path}, made ${new Date(newest.at).toISOString()}.`
    : 'There is no backup yet.';
  return new EngineStartError(
    'database_corrupt',
    `The database ${file} is damaged and was left as it is. ${sentence(detail)} ${backup}`,
    newest
      ? `Move ${file} (and its -wal and -shm files) away, then copy the backup to its place.`
      : `Move ${file} (and its -wal and -shm files) away to start anew.`,
  );
}

export function newerError(file: string, found: number, known: number): EngineStartError {
  return new EngineStartError(
    'database_newer',
    `The database ${file} was written by a newer ScopeGate (schema ${found}, this one knows ${known}); nothing was changed.`,
    'Install the newer ScopeGate again, or use another data folder.',
  );
}

/** What went wrong while opening, as an error a host can show. Bugs (anything SQLite did not say) pass unchanged. */
export function toStartError(file: string, error: unknown): unknown {
  if (error instanceof EngineStartError) {
    return error.code === 'database_corrupt' ? corruptError(file, error.message) : error;
  }
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_'))) return error;
  // A table that should be there is not: the file is no longer what its version says.
  if (isCorruption(error) || error.code === 'SQLITE_ERROR') return corruptError(file, error.message);
  return new EngineStartError(
    'data_dir_unusable',
    `ScopeGate cannot open its database ${file}: ${reasonOf(error)}.`,
    'See that the disk has room and that nothing else is using the file, then start ScopeGate again.',
  );
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
