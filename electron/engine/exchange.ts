import type { CallingProcess } from '../shared/index.ts';
import type { JsonObject, JsonValue, Reply, RpcErrorBody, RpcId } from './wire/json-rpc.ts';

/** The agent behind a bearer token, as authentication found it. */
export interface AgentIdentity {
  id: string;
  name: string;
}

/** `legacy`: a handshake and a session (up to 2025-11-25). `modern`: every request stands alone (2026-07-28). */
export type Era = 'legacy' | 'modern';

/** What is known of the client: from its handshake (legacy) or from this very request's `_meta` (modern). */
export interface SessionInfo {
  /** Null in the modern era, which has no sessions. */
  id: string | null;
  protocolVersion: string;
  /** Name and version the client gave itself; text from the agent. */
  clientInfo: { name: string; version: string } | null;
  clientCapabilities: JsonObject;
}

/** The answer to a request sent back to the agent. `unsupported`: this client cannot be asked this. */
export type AskAnswer =
  | { kind: 'result'; result: JsonValue }
  | { kind: 'error'; error: RpcErrorBody }
  | { kind: 'unsupported' };

/** What ties a question to the server that asks it. */
export interface AskTies {
  /** A modern server's own name for the question: a modern agent sees it under that name, when it is still free. */
  key?: string;
  /** Aborts when the server takes the question back, or when what it was asked for is over. */
  signal?: AbortSignal;
  /** Hears an agent's progress on the question, under the token the question came with (handshake revisions). */
  onProgress?(params: JsonObject): void;
}

/** What a server may ask of an agent in the middle of a call. */
export type AskMethod = 'elicitation/create' | 'sampling/createMessage' | 'roots/list';

/** The program at the other end of the connection a request came on, as the operating system tells it. */
export interface Caller {
  /** Null while it is looked up, and where it cannot be found. */
  current(): CallingProcess | null;
  /** The lookup is over, found or not. */
  isSettled(): boolean;
  /** Never rejects; bounded. */
  ready(): Promise<void>;
}

/**
 * One reply slot on the wire, whatever the era: what a leg hands to the pipeline. `params` keeps every unknown member.
 * A modern exchange may outlive its HTTP request: while something is asked of the agent the leg answers
 * `input_required` and the retry takes the same exchange up again.
 */
export interface Exchange {
  era: Era;
  agent: AgentIdentity;
  session: SessionInfo | null;
  /** The one server this exchange is limited to (`/mcp/<server>`, names without prefix); null: all of them. */
  scope: string | null;
  id: RpcId;
  method: string;
  params: JsonObject;
  /** Aborts when the agent cancels, its session ends, its token is revoked, or a parked exchange times out. */
  signal: AbortSignal;
  /** Milliseconds, `performance.now()` of receipt. */
  receivedAt: number;
  /** Absent where no connection stands behind the exchange. */
  caller?: Caller | undefined;
  /** How long the agent's client will wait for a person, milliseconds, before it must be told to call again. */
  patienceMs: number;
  /** Sends a notification on this exchange's own stream; opens the stream when it is the first. Never throws, never blocks. */
  notify(method: string, params: JsonObject): void;
  /** True when the client declared the capability this request needs. */
  canAsk(method: AskMethod): boolean;
  /**
   * Asks the agent: a request on the stream (legacy), an `input_required` round (modern). Never rejects.
   */
  ask(method: AskMethod, params: JsonObject, ties?: AskTies): Promise<AskAnswer>;
  /**
   * The server has ended its own stream on purpose and will be asked for the rest (2025-11-25, polling). A leg whose client
   * knows how to come back lets it go meanwhile; all others hold it.
   */
  rest(): void;
  /** Told while a person is being asked, so that a modern leg can answer in rounds instead of holding one request. */
  setWaiting(isWaiting: boolean): void;
}

/** The agents' side hands every request it does not answer itself (initialize, discover, ping) to one handler. */
export type ExchangeHandler = (exchange: Exchange) => Promise<Reply>;
