import type { LogLine, ServerFault, ServerStatus, ServerTest, Transport } from '../../shared/index.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { ServerHello, UpstreamLink } from './link.ts';

/** What the servers' side needs of the engine. */
export interface UpstreamPorts {
  clock: Clock;
  log: LogPort;
  version: string;
  dataDir: string;
  /** Source of `env:NAME` references and of the variables a child is allowed to see. */
  env: Readonly<Record<string, string | undefined>>;
  /** The state of a server changed: status, fault, hello or pid. */
  onStatus(serverId: string): void;
  /** The server's tools may have changed: it just connected, or said so. The engine calls `listTools`. */
  onToolsChanged(serverId: string): void;
}

export interface ServerState {
  status: ServerStatus;
  lastError: ServerFault | null;
  hello: ServerHello | null;
  pid: number | null;
  startedAt: number | null;
}

export interface ServerConfig {
  id: string;
  transport: Transport;
  enabled: boolean;
}

/** Owner of every connection to a server. One shared link per server while no server-initiated feature is enabled. */
export interface LinkPool {
  /** Adds a server or replaces its configuration; a changed transport or `enabled: false` ends the running link. */
  configure(server: ServerConfig): void;
  remove(serverId: string): Promise<void>;
  /** The running link, or a new one; one start at a time. Throws `LinkFault`. */
  link(serverId: string, signal: AbortSignal): Promise<UpstreamLink>;
  /** All pages of tools/list, starting the server when needed. Throws `LinkFault`. */
  listTools(serverId: string, signal: AbortSignal): Promise<JsonObject[]>;
  /** Marks a call in flight so that idle stop waits for it; returns the release. */
  hold(serverId: string): () => void;
  state(serverId: string): ServerState;
  logs(serverId: string): LogLine[];
  restart(serverId: string): Promise<void>;
  /** A throw-away connection, timed. Never throws for a broken server. */
  test(transport: Transport, signal: AbortSignal): Promise<ServerTest>;
  /** Ends every link and every child. */
  close(): Promise<void>;
}
