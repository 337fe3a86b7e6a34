import type { ServerFault } from '../../shared/index.ts';
import type { ArmedCall } from '../core/stages.ts';
import type { AskAnswer, AskMethod, AskTies, Era } from '../exchange.ts';
import type { JsonObject, JsonValue, RawResponse } from '../wire/json-rpc.ts';

/** What a server said of itself in `initialize`. */
export interface ServerHello {
  protocolVersion: string;
  serverInfo: { name: string; version: string };
  capabilities: JsonObject;
  instructions: string | null;
}

/** Housekeeping that belongs to no call: the only methods a link sends without an `ArmedCall`. */
export type HousekeepingMethod =
  | 'tools/list'
  | 'prompts/list'
  | 'resources/list'
  | 'resources/templates/list'
  | 'resources/subscribe'
  | 'resources/unsubscribe'
  | 'logging/setLevel'
  /** Only to refuse what a server asks by a task of a 2026-07-28 server. */
  | 'tasks/update'
  | 'ping';

export interface CallIo {
  /** Aborting sends `notifications/cancelled` upstream and rejects with a `LinkFault` of kind `cancelled`. */
  signal: AbortSignal;
  /** Milliseconds without an answer before the call fails with kind `timeout`; stands still while the agent is asked. */
  timeoutMs: number;
  /** A progress notification of this call, its token already taken back to the agent's own. */
  onProgress(params: JsonObject): void;
  /** Any other notification the server sent on this call's own stream (logging, vendor ones). */
  onNotification(method: string, params: JsonObject): void;
  /**
   * The server asks something of the agent in the middle of this call: a request of its own (legacy) or an
   * `input_required` round (modern), already taken apart. The link sends the answer back in its server's own form.
   */
  ask(method: AskMethod, params: JsonObject, ties?: AskTies): Promise<AskAnswer>;
  /** The server ended its stream on purpose, and the call goes on: the link fetches the rest later. */
  onResting(): void;
  /** Policy at this instant: false, and nothing more of this call may be sent. Asked right before every further sending. */
  mayGoOn(): boolean;
}

/** `withheld`: policy changed while the call was on its way, so the rest of it was not sent. */
export type LinkFaultKind = 'cancelled' | 'withheld' | ServerFault['code'];

/** Thrown by links; every other exception is a bug. */
export class LinkFault extends Error {
  override readonly name = 'LinkFault';
  readonly kind: LinkFaultKind;
  readonly fault: ServerFault;
  constructor(kind: LinkFaultKind, fault: ServerFault) {
    super(fault.message);
    this.kind = kind;
    this.fault = fault;
  }
}

/** One live connection to one MCP server. It speaks its server's era; what it takes and gives is era-neutral. */
export interface UpstreamLink {
  readonly era: Era;
  /** From `initialize` (legacy) or `server/discover` (modern). */
  readonly hello: ServerHello;
  readonly pid: number | null;
  readonly startedAt: number;
  /**
   * Sends the call's method with its exact parameters (`call.params`); the final response comes back as bytes. A modern
   * server's `input_required` never comes back: the link asks through `io.ask` and retries.
   */
  send(call: ArmedCall, io: CallIo): Promise<RawResponse>;
  request(method: HousekeepingMethod, params: JsonObject, timeoutMs: number): Promise<JsonValue>;
  /** Passes a notification of the agent on. */
  notify(method: string, params: JsonObject): void;
  /** Whether the news of a task are wanted (modern); a legacy server tells them unasked. Rejects with a `LinkFault`. */
  followTask(taskId: string, isWanted: boolean): Promise<void>;
  /** Resolves when the link has ended, with the reason when it was not asked to. */
  readonly closed: Promise<ServerFault | null>;
  /** Ends the link; for stdio the whole process group: stdin closed, then SIGTERM, then SIGKILL. */
  close(): Promise<void>;
}

export interface LinkEvents {
  /** `notifications/{tools,prompts,resources}/list_changed` from the server. */
  onListChanged(kind: 'tools' | 'prompts' | 'resources'): void;
  /** Any other notification that belongs to no call: `notifications/resources/updated`, log messages, vendor ones. */
  onNotification(method: string, params: JsonObject): void;
  /** The server asks something outside any call (legacy stdio and the GET stream cannot tell the call). */
  onAsk(method: AskMethod, params: JsonObject, ties: AskTies): Promise<AskAnswer>;
}
