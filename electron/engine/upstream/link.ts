import type { ServerFault } from '../../shared/index.ts';
import type { ArmedCall } from '../core/stages.ts';
import type { JsonObject, JsonValue, RawResponse } from '../wire/json-rpc.ts';

/** What a server said of itself in `initialize`. */
export interface ServerHello {
  protocolVersion: string;
  serverInfo: { name: string; version: string };
  capabilities: JsonObject;
  instructions: string | null;
}

/** Housekeeping that belongs to no call: the only methods a link sends without an `ArmedCall`. */
export type HousekeepingMethod = 'tools/list' | 'ping';

export interface CallIo {
  /** Aborting sends `notifications/cancelled` upstream and rejects with a `LinkFault` of kind `cancelled`. */
  signal: AbortSignal;
  /** Milliseconds without an answer before the call fails with kind `timeout`; progress of the server restarts it. */
  timeoutMs: number;
  /** A progress notification of this call, its token already taken back to the agent's own. */
  onProgress(params: JsonObject): void;
}

/** Thrown by links; every other exception is a bug. */
export class LinkFault extends Error {
  override readonly name = 'LinkFault';
  readonly kind: 'cancelled' | ServerFault['code'];
  readonly fault: ServerFault;
  constructor(kind: 'cancelled' | ServerFault['code'], fault: ServerFault) {
    super(fault.message);
    this.kind = kind;
    this.fault = fault;
  }
}

/** One live connection to one MCP server, already initialised. */
export interface UpstreamLink {
  readonly hello: ServerHello;
  readonly pid: number | null;
  readonly startedAt: number;
  /** Sends `tools/call` with the server's own tool name and the call's exact arguments; the response comes back as bytes. */
  callTool(call: ArmedCall, io: CallIo): Promise<RawResponse>;
  request(method: HousekeepingMethod, params: JsonObject, timeoutMs: number): Promise<JsonValue>;
  /** Resolves when the link has ended, with the reason when it was not asked to. */
  readonly closed: Promise<ServerFault | null>;
  /** Ends the link; for stdio the whole process group: stdin closed, then SIGTERM, then SIGKILL. */
  close(): Promise<void>;
}

export interface LinkEvents {
  /** `notifications/tools/list_changed` from the server. */
  onToolsChanged(): void;
}
