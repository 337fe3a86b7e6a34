import { type LogLevel, moreVerbose } from '../eras/log-levels.ts';
import type { LogPort } from '../ports.ts';
import { LinkFault, type UpstreamLink } from '../upstream/link.ts';

const setLevelMs = 10_000;

/**
 * The log level each link of an agent was set to: the wordiest any session of it asked for. What a session gets of it is
 * filtered by its own level.
 */
export class LinkLogLevels {
  readonly #levels = new WeakMap<UpstreamLink, LogLevel>();
  readonly #log: LogPort;

  constructor(log: LogPort) {
    this.#log = log;
  }

  /** A server that cannot set it keeps its own level; the call goes on. */
  async raise(link: UpstreamLink, level: LogLevel | null): Promise<void> {
    if (level === null || link.hello.capabilities.logging === undefined) return;
    const before = this.#levels.get(link) ?? null;
    const next = before === null ? level : moreVerbose(before, level);
    if (next === before) return;
    this.#levels.set(link, next);
    try {
      await link.request('logging/setLevel', { level: next }, setLevelMs);
    } catch (error) {
      if (!(error instanceof LinkFault)) throw error;
      this.#log.warn('a server did not take the log level', { kind: error.kind });
    }
  }
}
