import type { KeyObject } from 'node:crypto';
import type { ListenerFault } from '../../shared/index.ts';
import type {
  AgentIdentity,
  AskAnswer,
  AskMethod,
  AskTies,
  Caller,
  Era,
  ExchangeHandler,
  SessionInfo,
} from '../exchange.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/** What the agents' side needs of the engine. */
export interface DownstreamPorts {
  clock: Clock;
  log: LogPort;
  version: string;
  /** The agent behind a bearer token, or null; constant time in the token. */
  authenticate(token: string): AgentIdentity | null;
  /** A connection was opened with this agent's token; `caller` tells in time which program did. */
  onConnection?(agent: AgentIdentity, caller: Caller): void;
  /**
   * Every request but initialize, discover, listen and ping, which the leg answers. Never rejects for an expected end.
   * For `subscriptions/listen` the modern leg hands in one `resources/subscribe` exchange for each URI and one
   * `resources/unsubscribe` when the stream ends (`params.uri`); it refuses both methods when a modern agent sends them.
   */
  handle: ExchangeHandler;
  /** True when the path `/mcp/<server>` exists for this agent; else it answers 404 as any other path does. */
  hasServer(agent: AgentIdentity, serverId: string): boolean;
  /**
   * What `initialize` or `server/discover` tells this agent: capabilities of the gateway as a server, and its
   * instructions. May wait, bounded, for servers that were never read.
   */
  hello(
    agent: AgentIdentity,
    scope: string | null,
    era: Era,
  ): Promise<{ capabilities: JsonObject; instructions: string | null }>;
  /** The input schema of a tool as this agent sees it listed, for the `Mcp-Param-*` headers; null: it sees no such tool. */
  toolSchema(agent: AgentIdentity, scope: string | null, name: string): JsonObject | null;
  /**
   * A `subscriptions/listen` stream wants the news of a task (tasks extension): what is given ends the wish. Null: no such task
   * is there for this agent, or its server tells nothing of it.
   */
  followTask(
    agent: AgentIdentity,
    scope: string | null,
    taskId: string,
    session: SessionInfo,
  ): Promise<(() => void) | null>;
  /** A parked exchange is about to go on: policy may have changed since. False ends it as refused. */
  mayResume(agent: AgentIdentity, scope: string | null, method: string, params: JsonObject): boolean;
  /** A notification of the agent that belongs to no exchange (`notifications/roots/list_changed`, vendor ones). */
  onNotification(
    agent: AgentIdentity,
    session: SessionInfo,
    scope: string | null,
    method: string,
    params: JsonObject,
  ): void;
  /** 32 bytes, for the MAC of `requestState` handles. */
  stateKey: KeyObject;
  onSessionOpened(agent: AgentIdentity, session: SessionInfo): void;
  onSessionEnded(agent: AgentIdentity, session: SessionInfo): void;
}

export interface AgentListener {
  readonly port: number;
  /** `http://127.0.0.1:PORT/mcp` */
  readonly url: string;
  /**
   * Sends a notification on the GET stream of each open session of this agent, and on each `subscriptions/listen` stream
   * that asked for its kind; dropped where none is open. `sessionId` limits it to one session; `serverIds` names the
   * servers it is about: what is open on the path of another one does not hear it.
   */
  notify(agentId: string, method: string, params?: JsonObject, sessionId?: string, serverIds?: readonly string[]): void;
  /** Asks on the GET stream of the agent's newest session: a server asked outside any call. Never rejects. */
  ask(agentId: string, method: AskMethod, params: JsonObject, ties?: AskTies): Promise<AskAnswer>;
  /** Open sessions of the legacy eras and open `subscriptions/listen` streams of the modern one. */
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
