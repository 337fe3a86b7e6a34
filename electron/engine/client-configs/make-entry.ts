import type { Dialect } from './client-table.ts';
import type { Plain } from './parse-config.ts';

/** How an agent reaches the gateway. `token` is in clear only in what is written. */
export type EntryTarget =
  | { mode: 'http'; url: string; token: string }
  | { mode: 'stdio'; command: string; args: readonly string[] };

/** ScopeGate's entry as this client writes one. */
export function makeEntry(dialect: Dialect, target: EntryTarget): Plain {
  if (target.mode === 'http') {
    if (dialect.remote === null) throw new Error('this client takes no remote server');
    const { url, headers, extra } = dialect.remote;
    return { ...extra, [url]: target.url, [headers]: { Authorization: `Bearer ${target.token}` } };
  }
  const { command, args, extra } = dialect.stdio;
  if (args === null) return { ...extra, [command]: [target.command, ...target.args] };
  return { ...extra, [command]: target.command, [args]: [...target.args] };
}

export const entryName = 'scopegate';
