import type { LogLine, Sandbox, ServerFault, ServerStatus, ServerTest, Transport } from '../../shared/index.ts';
import type { CredentialSource } from '../arming.ts';
import type { AskAnswer, AskMethod, AskTies, Era } from '../exchange.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { EchoGuard } from '../wire/echo-guard.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { LaunchGate } from './launch-gate.ts';
import type { ServerHello, UpstreamLink } from './link.ts';

/** What the servers' side needs of the engine. */
export interface UpstreamPorts {
  clock: Clock;
  log: LogPort;
  version: string;
  dataDir: string;
  /** What links are armed with. */
  credentials: CredentialSource;
  /** Takes secrets out of everything servers say. */
  guard: EchoGuard;
  /** Source of `env:NAME` references and of the variables a child is allowed to see. */
  env: Readonly<Record<string, string | undefined>>;
  /** Asked before every start. */
  launch: LaunchGate;
  /** The state of a server changed: status, fault, hello or pid. */
  onStatus(serverId: string): void;
  /** The server's tools may have changed: it just connected, or said so. The engine calls `listTools`. */
  onToolsChanged(serverId: string): void;
  /** The server's prompts or resources changed. `owner` is the agent whose own link said so, null the shared one. */
  onListChanged(serverId: string, owner: string | null, kind: 'prompts' | 'resources'): void;
  /** A notification that belongs to no call. */
  onNotification(serverId: string, owner: string | null, method: string, params: JsonObject): void;
  /** The server asks the link's owner something outside any call; a shared link answers "unsupported" by itself. */
  onAsk(serverId: string, owner: string, method: AskMethod, params: JsonObject, ties: AskTies): Promise<AskAnswer>;
  /**
   * The cached era verdict of a server's configuration (a hash of its transport), and where to keep it. Doubt and age are
   * the pool's own matter: it probes anew when a start fails in a way another era would explain, and after a day.
   */
  eras: {
    get(serverId: string, configHash: string): Era | null;
    set(serverId: string, configHash: string, era: Era): void;
  };
}

/** Whose link: an agent and the client capabilities it may be asked through. */
export interface LinkUser {
  agentId: string;
  capabilities: JsonObject;
  /** Set where the agent has credentials of its own for the server: the bindings its link is armed with. */
  credentialKey?: string;
}

export interface ServerState {
  era: Era | null;
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

/**
 * Owner of every connection to a server: one shared link per server, over which the gateway reads what the server offers,
 * and for legacy servers one more per user that can be asked something.
 */
export interface LinkPool {
  /** Adds a server or replaces its configuration; a changed transport or `enabled: false` ends the running link. */
  configure(server: ServerConfig): void;
  remove(serverId: string): Promise<void>;
  /**
   * The running link for this user of the server, or a new one; one start at a time. Without a `user` it is the shared
   * one: client capabilities `{}`, nothing can be asked of anybody. With a `user` a legacy server gets a process or session
   * of its own, keyed by (server, agent, capabilities), so that nothing it asks can reach another agent; a modern one is
   * shared, because it states capabilities with every request; what comes back is that link as this user sees it, with
   * its own `logging/setLevel`. `agentId`: whom the link is for where there is no `user`; an agent with credentials of its
   * own for this server gets a link of its own, armed with them. Throws `LinkFault`.
   */
  link(serverId: string, signal: AbortSignal, user?: LinkUser, agentId?: string): Promise<UpstreamLink>;
  /**
   * What links of a server (null: of every one) are armed with has changed, or can be read again. A program that was started
   * with something else is given up when its last call is done; requests over HTTP take the new value by themselves.
   */
  credentialsChanged(serverId: string | null): void;
  /** Ends every link that carries a credential, at once: the vault was locked. */
  endArmed(): void;
  /** The links an agent has of its own that are running; on a modern server its latest view of the shared one. */
  linksOf(agentId: string): { serverId: string; link: UpstreamLink }[];
  /** Ends the links the agent has of its own and forgets what it asked servers for: it was removed, or left. */
  endAgent(agentId: string): Promise<void>;
  /** All pages of tools/list, starting the server when needed. Throws `LinkFault`. */
  listTools(serverId: string, signal: AbortSignal): Promise<JsonObject[]>;
  /** Marks a call in flight so that idle stop waits for it; returns the release. */
  hold(serverId: string): () => void;
  state(serverId: string): ServerState;
  logs(serverId: string): LogLine[];
  restart(serverId: string): Promise<void>;
  /** A throw-away connection, timed. Never throws for a broken server. */
  test(transport: Transport, signal: AbortSignal, sandbox?: Sandbox | null): Promise<ServerTest>;
  /** What the pool does with the server by itself next, milliseconds since the epoch; null: nothing. */
  plans(serverId: string): { retryAt: number | null; idleStopAt: number | null };
  /** The programs that run for a server, by process id. */
  children(serverId: string): { pid: number; startedAt: number }[];
  /** Ends every link and every child. */
  close(): Promise<void>;
}
