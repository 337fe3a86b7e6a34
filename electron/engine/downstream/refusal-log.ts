import type { Clock, LogPort } from '../ports.ts';

/** Logs refused requests, at most one line per reason and ten seconds, so that a flood cannot fill the log. */
export interface RefusalLog {
  /** @param reason one word of ours, never text of the request */
  note(status: number, reason: string): void;
}

const quietMs = 10_000;

export function createRefusalLog(log: LogPort, clock: Clock): RefusalLog {
  const seen = new Map<string, { loggedAt: number; unlogged: number }>();
  return {
    note(status, reason) {
      const now = clock.now();
      const entry = seen.get(reason);
      if (entry !== undefined && now - entry.loggedAt < quietMs) {
        entry.unlogged++;
        return;
      }
      seen.set(reason, { loggedAt: now, unlogged: 0 });
      log.warn('a request to the agents’ address was refused', { status, reason, unlogged: entry?.unlogged ?? 0 });
    },
  };
}
