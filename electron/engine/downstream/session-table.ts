import type { AgentIdentity, SessionInfo } from '../exchange.ts';
import type { Clock } from '../ports.ts';
import type { RpcId } from '../wire/json-rpc.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { ListenerLimits } from './listener-limits.ts';
import { PendingAsks } from './pending-asks.ts';
import type { RunningExchange } from './running-exchange.ts';
import type { SessionStreamsOptions } from './session-streams.ts';
import { SessionStreams } from './session-streams.ts';

/** What a client of the legacy eras said of itself; its session has an id. */
export type LegacySessionInfo = SessionInfo & { id: string };

/** What an `initialize` of the legacy eras opened. */
export interface Session {
  readonly agent: AgentIdentity;
  readonly info: LegacySessionInfo;
  /** The path it was opened at, and the only one it is good for. */
  readonly scope: string | null;
  /** Milliseconds since the epoch. */
  lastSeenAt: number;
  readonly running: Map<RpcId, RunningExchange>;
  readonly streams: SessionStreams;
  readonly asks: PendingAsks;
}

export interface SessionTableOptions {
  clock: Clock;
  limits: Pick<
    ListenerLimits,
    'sessionsPerAgent' | 'sessionIdleMs' | 'asksPerSession' | 'askMs' | 'replayBytesPerAgent'
  > &
    SessionStreamsOptions['limits'];
  heartbeat: Heartbeat;
  onOpened(session: Session): void;
  onEnded(session: Session): void;
}

/** Clients of earlier revisions take every event for a message. */
const firstPrimedVersion = '2025-11-25';

/**
 * All open sessions, by agent and then by id: an id alone finds nothing, so another agent's session and one that never
 * was look exactly alike.
 */
export class SessionTable {
  readonly #options: SessionTableOptions;
  readonly #byAgent = new Map<string, Map<string, Session>>();

  constructor(options: SessionTableOptions) {
    this.#options = options;
  }

  /** Null when the agent has as many sessions as it may and uses all of them; else its longest idle one makes room. */
  open(agent: AgentIdentity, info: LegacySessionInfo, scope: string | null): Session | null {
    const sessions = this.#byAgent.get(agent.id) ?? new Map<string, Session>();
    if (sessions.size >= this.#options.limits.sessionsPerAgent) {
      const oldest = findLongestIdle(sessions.values());
      if (oldest === null) return null;
      this.end(oldest);
    }
    const session = this.#create(agent, info, scope);
    // Ending the only session drops the agent's map, so it is set again here.
    this.#byAgent.set(agent.id, sessions.set(info.id, session));
    this.#options.onOpened(session);
    return session;
  }

  find(agentId: string, sessionId: string): Session | null {
    const session = this.#byAgent.get(agentId)?.get(sessionId);
    if (session === undefined) return null;
    this.touch(session);
    return session;
  }

  touch(session: Session): void {
    session.lastSeenAt = this.#options.clock.now();
  }

  ofAgent(agentId: string): Session[] {
    return [...(this.#byAgent.get(agentId)?.values() ?? [])];
  }

  count(agentId: string): number {
    return this.#byAgent.get(agentId)?.size ?? 0;
  }

  /** Ends its streams and running exchanges; safe to call twice. */
  end(session: Session): void {
    const sessions = this.#byAgent.get(session.agent.id);
    if (sessions?.delete(session.info.id) !== true) return;
    if (sessions.size === 0) this.#byAgent.delete(session.agent.id);
    for (const exchange of [...session.running.values()]) exchange.abandon();
    session.asks.end();
    session.streams.end();
    this.#options.onEnded(session);
  }

  /** Ends what nobody used for long, and drops streams nobody came back to. */
  endIdle(): void {
    const before = this.#options.clock.now() - this.#options.limits.sessionIdleMs;
    for (const session of this.#all()) {
      session.streams.expire();
      if (isIdle(session) && session.lastSeenAt <= before) this.end(session);
    }
  }

  endAll(): void {
    for (const session of this.#all()) this.end(session);
  }

  #create(agent: AgentIdentity, info: LegacySessionInfo, scope: string | null): Session {
    const { clock, limits, heartbeat } = this.#options;
    const session: Session = {
      agent,
      info,
      scope,
      lastSeenAt: clock.now(),
      running: new Map(),
      asks: new PendingAsks(limits),
      streams: new SessionStreams({
        heartbeat,
        limits,
        now: () => clock.now(),
        isPrimed: info.protocolVersion >= firstPrimedVersion,
        onDetached: () => this.touch(session),
        onKept: () => this.#keepWithin(agent.id),
      }),
    };
    return session;
  }

  /** Drops what nobody reads while more is kept for the agent than may be: ended streams first, of these the oldest. */
  #keepWithin(agentId: string): void {
    const sessions = this.ofAgent(agentId);
    let excess = -this.#options.limits.replayBytesPerAgent;
    for (const { streams } of sessions) excess += streams.keptBytes;
    if (excess <= 0) return;
    const left = sessions.flatMap(({ streams }) => streams.left().map((stream) => ({ streams, stream })));
    left.sort(
      (a, b) => Number(b.stream.isFinished) - Number(a.stream.isFinished) || a.stream.idleSince - b.stream.idleSince,
    );
    for (const { streams, stream } of left) {
      if (excess <= 0) return;
      excess -= stream.keptBytes;
      streams.drop(stream);
    }
  }

  #all(): Session[] {
    return [...this.#byAgent.values()].flatMap((sessions) => [...sessions.values()]);
  }
}

function isIdle(session: Session): boolean {
  return session.running.size === 0 && !session.streams.isBusy;
}

function findLongestIdle(sessions: Iterable<Session>): Session | null {
  let oldest: Session | null = null;
  for (const session of sessions) {
    if (isIdle(session) && (oldest === null || session.lastSeenAt < oldest.lastSeenAt)) oldest = session;
  }
  return oldest;
}
