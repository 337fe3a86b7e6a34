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
  /** What is kept of one legacy stream for a client that comes back with `Last-Event-ID`. */
  replayEvents: number;
  replayBytes: number;
  /** Kept for one agent in all, responses included: of more, the streams that ended first are forgotten. */
  replayBytesPerAgent: number;
  /** How long a stream without a connection is kept. */
  replayMs: number;
  /** Streams of one session that are kept although nothing more will come, or nobody reads them. */
  replayStreams: number;
  /** How long a legacy answer is awaited before its stream is opened: a long wait can then be resumed and is kept alive. */
  streamAfterMs: number;
  /** How long a client is told to wait before it resumes a stream. */
  retryMs: number;
  /** Requests of ours to one session that wait for the agent's answer. */
  asksPerSession: number;
  /** How long an agent has for an answer, and for the retry that brings it (modern). */
  askMs: number;
  /** How long a question waits for others of the same modern request, so that they are asked in one round. */
  askGatherMs: number;
  /** Questions of one modern request at once. */
  asksPerRequest: number;
  /** How often one modern request may be answered with questions. */
  askRounds: number;
  /** Modern requests of one agent that wait for their reply. */
  modernPerAgent: number;
  /** Parked modern requests. */
  parkedPerAgent: number;
  parkedOverall: number;
  /** How long a modern request is held while a person is asked, before the client is told to come again. */
  waitRoundMs: number;
  waitRounds: number;
  /** How soon a client that was told to come again must be back. */
  waitRetryMs: number;
  /** Resource URIs of one `subscriptions/listen`. */
  listenUris: number;
  /** How long the servers have to accept those subscriptions. */
  subscribeMs: number;
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
  replayEvents: 200,
  replayBytes: 256 * 1024,
  replayBytesPerAgent: 32 * 1024 * 1024,
  replayMs: 5 * 60_000,
  replayStreams: 16,
  streamAfterMs: 200,
  retryMs: 1_000,
  asksPerSession: 64,
  askMs: 10 * 60_000,
  askGatherMs: 10,
  asksPerRequest: 16,
  askRounds: 32,
  modernPerAgent: 1_024,
  parkedPerAgent: 32,
  parkedOverall: 256,
  waitRoundMs: 50_000,
  waitRounds: 10,
  waitRetryMs: 2 * 60_000,
  listenUris: 256,
  subscribeMs: 10_000,
};
