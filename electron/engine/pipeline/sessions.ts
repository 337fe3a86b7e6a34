import type { LogLevel } from '../eras/log-levels.ts';
import type { SessionInfo } from '../exchange.ts';

interface Known {
  info: SessionInfo;
  logLevel: LogLevel | null;
}

/** What the engine keeps of agents' open legacy sessions: who they are, and the log level each asked for. */
export class Sessions {
  readonly #agents = new Map<string, Map<string, Known>>();

  opened(agentId: string, info: SessionInfo): void {
    if (info.id === null) return;
    const sessions = this.#agents.get(agentId) ?? new Map<string, Known>();
    this.#agents.set(agentId, sessions.set(info.id, { info, logLevel: null }));
  }

  ended(agentId: string, info: SessionInfo): void {
    if (info.id === null) return;
    const sessions = this.#agents.get(agentId);
    sessions?.delete(info.id);
    if (sessions?.size === 0) this.#agents.delete(agentId);
  }

  setLogLevel(agentId: string, sessionId: string, level: LogLevel): void {
    const known = this.#agents.get(agentId)?.get(sessionId);
    if (known) known.logLevel = level;
  }

  logLevel(agentId: string, sessionId: string | null): LogLevel | null {
    return sessionId === null ? null : (this.#agents.get(agentId)?.get(sessionId)?.logLevel ?? null);
  }

  of(agentId: string): { id: string; info: SessionInfo; logLevel: LogLevel | null }[] {
    return [...(this.#agents.get(agentId) ?? [])].map(([id, known]) => ({ id, ...known }));
  }

  /** Agents with an open session. */
  agents(): string[] {
    return [...this.#agents.keys()];
  }
}
