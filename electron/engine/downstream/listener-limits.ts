/** Bounds of the agents' listener; the figures are those of security.md 3.2 and 3.9. */
export interface ListenerLimits {
  bodyBytes: number;
  /** One `initialize`; part of it is kept as long as its session. */
  initializeBytes: number;
  headerBytes: number;
  headerCount: number;
  headersTimeoutMs: number;
  /** The whole request must have come by then; says nothing about how long its answer may stream. */
  requestTimeoutMs: number;
  /** How often both are looked at. */
  checkIntervalMs: number;
  /** A connection without a request is closed after this. */
  keepAliveMs: number;
  connections: number;
  socketsPerAgent: number;
  /** Open GET streams. */
  streamsPerAgent: number;
  sessionsPerAgent: number;
  /** Requests of one session that wait for their reply. */
  runningPerSession: number;
  /** A session nobody used for so long is ended. */
  sessionIdleMs: number;
  heartbeatMs: number;
  /** What may wait for a client that does not read its stream. */
  streamBufferBytes: number;
}

export const listenerLimits: Readonly<ListenerLimits> = {
  bodyBytes: 4 * 1024 * 1024,
  initializeBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headerCount: 100,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 8_000,
  checkIntervalMs: 1_000,
  keepAliveMs: 30_000,
  connections: 1_024,
  socketsPerAgent: 256,
  streamsPerAgent: 32,
  sessionsPerAgent: 64,
  runningPerSession: 1_024,
  sessionIdleMs: 24 * 60 * 60 * 1000,
  heartbeatMs: 15_000,
  streamBufferBytes: 1024 * 1024,
};
