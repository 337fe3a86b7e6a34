import type {
  ApprovalSettings,
  AskSwitches,
  Effect,
  GrantChange,
  GrantKey,
  Outcome,
  RateLimit,
  Sandbox,
  Transport,
} from '../../shared/index.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { ChainHead } from './audit-chain.ts';
import type { AuditCheckpoint, CheckpointReads } from './audit-checkpoints.ts';
import type { PruneReads, PruneWrites } from './audit-prune.ts';
import type { AuditSearchReader, AuditSearchWriter } from './audit-search-contract.ts';
import type { AuditSettings } from './audit-settings.ts';
import type { PayloadKeys, PayloadKeyWrites } from './payload-keys.ts';
import type { PolicyReader, PolicyWriter } from './policy-contract.ts';
import type { TelemetryReads, TelemetryWrites } from './telemetry.ts';
import type { VaultReader, VaultWriter } from './vault-contract.ts';

/**
 * What the rest of the engine asks of the store. Reading and writing are different types: who only holds a `Reader`
 * cannot change anything. Declared servers and agents (a configuration file) have no row of their own, yet their tools,
 * approvals and audit rows are stored: no foreign key may require one. All calls are synchronous (better-sqlite3) and throw only when the database itself is broken.
 */

export interface AgentRecord {
  id: string;
  name: string;
  /** SHA-256 of the token, 32 bytes. */
  tokenHash: Buffer;
  tokenHint: string;
  clientName: string | null;
  paused: boolean;
  limit: RateLimit | null;
  toolLimit: RateLimit | null;
  createdAt: number;
  lastSeenAt: number | null;
  /** Set while removed but still restorable. */
  removedAt: number | null;
}

export interface ServerRecord {
  id: string;
  name: string;
  transport: Transport;
  enabled: boolean;
  trusted: boolean;
  asks: AskSwitches;
  createdAt: number;
  /** When a person first accepted its tools; null hides the whole server. */
  reviewedAt: number | null;
  removedAt: number | null;
}

/** What is known of a server from its last connection, so that agents are told what it can do while it is down. */
export interface ServerFacts {
  serverId: string;
  /** Hash of the transport these facts were found with. */
  configHash: string | null;
  era: 'legacy' | 'modern' | null;
  /** What it said of itself (`ServerHello`), as JSON. */
  hello: JsonObject | null;
  /** Names of tools it has only for clients that can be asked something; null: it was never looked. */
  conditionalTools: string[] | null;
}

/** What a person accepted to run for a server. `seal` is keyed over transport and sandbox. */
export interface ServerLaunchRow {
  serverId: string;
  sandbox: Sandbox | null;
  seal: string;
  acceptedAt: number;
}

export interface ToolRecord {
  serverId: string;
  name: string;
  /** The server's own definition, whole. */
  definition: JsonObject;
  definitionHash: string;
  /** Hash and text of the definition a person accepted; null: never reviewed. */
  reviewedHash: string | null;
  reviewedDefinition: JsonObject | null;
  firstSeenAt: number;
  /** Place in the server's own list. */
  position: number;
}

export interface GrantRecord extends GrantKey {
  effect: Effect;
  updatedAt: number;
}

export interface ApprovalRecord {
  id: string;
  callId: string;
  agentId: string;
  serverId: string;
  tool: string;
  /** HMAC-SHA-256 of the canonical request under the engine key, hex. */
  digest: string;
  /** Plain `ApprovalView` parts that must survive a restart, as JSON. Arguments are erased once decided. */
  card: JsonObject;
  argumentsJson: string | null;
  status: string;
  createdAt: number;
  expiresAt: number;
  decidedAt: number | null;
  decidedBy: string | null;
  denyReason: string | null;
  denyNote: string | null;
  /** Ended without a person's answer and not looked at yet; keeps its arguments until then. */
  toReview: boolean;
  /** The arguments that replace the agent's, while an edited approval waits for its call. */
  editedJson: string | null;
}

/** One line of the append-only log. `seq`, `prevHash` and `hash` are the store's. */
export interface AuditEvent {
  at: number;
  /** `call.decided`, `call.settled`, `call.refused`, `call.recovered`, `approval.decided`, `agent.created`, `grant.changed`, … */
  event: string;
  actor: 'agent' | 'person' | 'engine' | 'config';
  agentId: string | null;
  agentName: string | null;
  serverId: string | null;
  tool: string | null;
  callId: string | null;
  effect: Effect | null;
  outcome: Outcome | null;
  reasonCode: string | null;
  riskTier: string | null;
  policyVersion: number | null;
  argumentsDigest: string | null;
  resultDigest: string | null;
  resultBytes: number | null;
  durationMs: number | null;
  waitedMs: number | null;
  approvalId: string | null;
  /** One line on what the call is about, at most 120 characters. */
  subject: string | null;
  /** Further facts, small, never arguments, results or secrets. */
  details: JsonObject | null;
  /** The rule, never-list entry, grant or switch that decided. */
  ruleId?: string | null;
  /** Name of the credential that went with the call; never its value. */
  credential?: string | null;
  /** The program behind the connection, as far as the system told. */
  process?: JsonObject | null;
  /** From the sending to the server until its answer, milliseconds; what ScopeGate added is the rest of `durationMs`. */
  upstreamMs?: number | null;
  /** What was found in arguments or result, without the text it was found in. */
  findings?: JsonObject[] | null;
}
export interface AuditRow extends Required<AuditEvent> {
  seq: number;
  id: string;
  /** 1: from before version 13 of the schema; its hash covers fewer columns. */
  format: number;
  /** The account of the system ScopeGate ran under. */
  osUser: string | null;
  prevHash: string;
  hash: string;
}
/** A stored line of the log as the hash chain sees it: the columns in order, nothing parsed. */
export interface ChainRow {
  values: readonly (string | number | null)[];
  prevHash: Buffer;
  hash: Buffer;
}

/** A program a person, or its being the first, made expected behind an agent's token. */
export interface AgentProgram {
  agentId: string;
  path: string;
  acceptedAt: number;
}

/** A task of a server, with the agent whose call started it. */
export interface KnownTaskRecord {
  agentId: string;
  serverId: string;
  taskId: string;
  /** The server's own name of the tool. */
  tool: string;
  /** The approval of the call that started it. */
  approvalId: string | null;
  /** Milliseconds since the epoch. */
  learnedAt: number;
  /** When its end was written to the audit log; null: not yet. */
  settledAt: number | null;
}

export interface StoreReader
  extends PolicyReader,
    AuditSearchReader,
    CheckpointReads,
    PayloadKeys,
    PruneReads,
    VaultReader,
    TelemetryReads {
  auditSettings(): AuditSettings;
  agents(): AgentRecord[];
  /** Declared agents a person has paused, by id. */
  declaredPauses(): ReadonlySet<string>;
  /** Of all agents, oldest first. */
  agentPrograms(): AgentProgram[];
  servers(): ServerRecord[];
  /** Oldest first. */
  knownTasks(): KnownTaskRecord[];
  serverFacts(serverId: string): ServerFacts | null;
  /** How a server's results are looked through; null: as shipped. */
  resultFilter(serverId: string): JsonObject | null;
  /** Null also for a row that cannot be read. */
  serverLaunch(serverId: string): ServerLaunchRow | null;
  tools(serverId: string): ToolRecord[];
  grants(): GrantRecord[];
  /** Open: pending and approved, oldest first. Closed: newest first, `before` is the `createdAt` of the last one seen. */
  approvals(filter: { status: 'open' } | { status: 'closed'; before: number | null; limit: number }): ApprovalRecord[];
  /** Approvals kept for review, newest first. */
  approvalsToReview(): ApprovalRecord[];
  /** Approvals a person denied since a time, oldest first. */
  approvalsDenied(since: number): ApprovalRecord[];
  /** The `approval.decided` rows since a time, oldest first, at most `limit` of the newest. */
  approvalRows(since: number, limit: number): AuditRow[];
  /** Calls of one agent to one tool that ended since a time, and how many of them had exactly these arguments. */
  pastCalls(
    agentId: string,
    serverId: string,
    tool: string,
    argumentsDigest: string,
    since: number,
  ): { calls: number; exact: number };
  /** Null before a person changed any. */
  approvalSettings(): ApprovalSettings | null;
  /** The longest a client was seen to wait for a reply, milliseconds; null: never seen. */
  clientWait(client: string): number | null;
  /**
   * Newest first: one row for each call that has settled, was refused or recovered, older than `before`. `id` is a call
   * id; when that call has ended its own row is the mark, else every row before the time `at` follows.
   */
  settledCalls(before: { at: number; id: string } | null, limit: number): AuditRow[];
  /** The rows of one call, oldest first. */
  callRows(callId: string): AuditRow[];
  /** Forwarded calls whose outcome was never written: `call.decided` rows (effect not deny) without an end, oldest first. */
  unfinishedCalls(): AuditRow[];
  /** Raw lines of the log after a sequence number, in order, for `verifyChain`. */
  chainRows(afterSeq: number, limit: number): ChainRow[];
  /** How many rows there are; fewer than `auditEnd` once old ones were pruned. */
  auditCount(): number;
  /** Number of the newest row; 0 in an empty log. */
  auditEnd(): number;
  /** Calls per (server, tool) of one agent that ended since a time, refused ones included. */
  callCounts(agentId: string, since: number): { serverId: string; tool: string; count: number }[];
  /** Calls of one agent to one tool that went through to the server; refused ones do not count as experience. */
  priorCalls(agentId: string, serverId: string, tool: string): number;
  policyVersion(): number;
  flag(name: 'paused'): boolean;
}

export interface StoreWriter
  extends StoreReader,
    PolicyWriter,
    AuditSearchWriter,
    PayloadKeyWrites,
    PruneWrites,
    VaultWriter,
    TelemetryWrites {
  /** Runs `work` in one transaction; everything or nothing. */
  transaction<T>(work: () => T): T;
  putAgent(agent: AgentRecord): void;
  putDeclaredPause(agentId: string, isPaused: boolean): void;
  putAgentProgram(program: AgentProgram): void;
  /** `path` null: all of the agent's. */
  deleteAgentPrograms(agentId: string, path: string | null): void;
  touchAgent(id: string, at: number, clientName: string | null): void;
  deleteAgent(id: string): void;
  putServer(server: ServerRecord): void;
  /** Removes it with its facts, tools and switches. */
  deleteServer(id: string): void;
  putServerFacts(facts: ServerFacts): void;
  /** Keeps the newest 2,000 of the last seven days. */
  putKnownTask(task: KnownTaskRecord): void;
  putResultFilter(serverId: string, settings: object): void;
  putServerLaunch(row: ServerLaunchRow): void;
  /** Replaces the server's tool rows; keeps firstSeenAt and the reviewed part of tools that are still there. */
  putTools(
    serverId: string,
    tools: Pick<ToolRecord, 'name' | 'definition' | 'definitionHash' | 'position'>[],
    at: number,
  ): void;
  /** Only tools whose current hash equals the given one become reviewed; returns the names that did. */
  markReviewed(serverId: string, tools: { name: string; definitionHash: string }[], at: number): string[];
  /** Returns what stood before, in the shape that undoes it. */
  putGrants(changes: GrantChange[], at: number): GrantChange[];
  putApproval(approval: ApprovalRecord): void;
  putApprovalSettings(settings: ApprovalSettings): void;
  putClientWait(client: string, waitedMs: number, at: number): void;
  /** Appends one row and returns its sequence number; throws when it could not be made durable. */
  appendAudit(event: AuditEvent): number;
  /** Appends rows in one transaction, all or none. */
  appendAuditRows(events: readonly AuditEvent[]): void;
  /** The newest row, as of the last commit or within the open transaction. */
  auditHead(): ChainHead;
  /** Called with the newest row after each commit that wrote any; must not throw. */
  onAuditCommit(listener: (head: ChainHead) => void): void;
  putCheckpoint(checkpoint: AuditCheckpoint): void;
  putAuditSettings(settings: AuditSettings): void;
  /** Moves the write-ahead log into the database and starts it over, after a sync of it failed; throws when it cannot. */
  renewWal(): void;
  /** Adds one and returns the new policy version. */
  bumpPolicyVersion(): number;
  setFlag(name: 'paused', value: boolean): void;
  close(): void;
}
