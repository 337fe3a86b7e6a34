import type { ListenerFault } from '../../shared/index.ts';
import type { AgentIdentity, ExchangeHandler, SessionInfo } from '../exchange.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/** What the agents' side needs of the engine. */
export interface DownstreamPorts {
  clock: Clock;
  log: LogPort;
  version: string;
  /** The agent behind a bearer token, or null; constant time in the token. */
  authenticate(token: string): AgentIdentity | null;
  /** Every request but initialize and ping, which the leg answers. Never rejects for an expected end. */
  handle: ExchangeHandler;
  /** What `initialize` tells this agent: capabilities of the gateway as a server, and its instructions. */
  hello(agent: AgentIdentity): { capabilities: JsonObject; instructions: string | null };
  onSessionOpened(agent: AgentIdentity, session: SessionInfo): void;
  onSessionEnded(agent: AgentIdentity, session: SessionInfo): void;
}

export interface AgentListener {
  readonly port: number;
  /** `http://127.0.0.1:PORT/mcp` */
  readonly url: string;
  /** Sends a notification on the GET stream of each open session of this agent; dropped where none is open. */
  notify(agentId: string, method: string): void;
  sessionCount(agentId: string): number;
  /** Ends the agent's sessions, streams and running exchanges at once: its token was rotated or it was removed. */
  endAgent(agentId: string): void;
  close(): Promise<void>;
}

/** The listener could not be opened; `fault` says why and what else is free. */
export class ListenerError extends Error {
  override readonly name = 'ListenerError';
  readonly fault: ListenerFault;
  constructor(fault: ListenerFault) {
    super(fault.message);
    this.fault = fault;
  }
}
