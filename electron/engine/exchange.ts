import type { JsonObject, Reply, RpcId } from './wire/json-rpc.ts';

/** The agent behind a bearer token, as authentication found it. */
export interface AgentIdentity {
  id: string;
  name: string;
}

/** The state an `initialize` handshake opened (eras up to 2025-11-25). */
export interface SessionInfo {
  id: string;
  protocolVersion: string;
  /** Name and version the client gave itself; text from the agent. */
  clientInfo: { name: string; version: string } | null;
  clientCapabilities: JsonObject;
}

/**
 * One reply slot on the wire, whatever the era: what a leg hands to the pipeline. `params` keeps every unknown member.
 */
export interface Exchange {
  agent: AgentIdentity;
  session: SessionInfo | null;
  id: RpcId;
  method: string;
  params: JsonObject;
  /** Aborts when the agent cancels, its session ends or its token is revoked. */
  signal: AbortSignal;
  /** Milliseconds, `performance.now()` of receipt. */
  receivedAt: number;
  /** Sends a notification on this exchange's own stream; opens the stream when it is the first. Never throws, never blocks. */
  notify(method: string, params: JsonObject): void;
}

/** The agents' side hands every request it does not answer itself (initialize, ping) to one handler. */
export type ExchangeHandler = (exchange: Exchange) => Promise<Reply>;
