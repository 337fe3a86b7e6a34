import type { KeyObject } from 'node:crypto';
import type { AskSwitches } from '../../shared/index.ts';
import type { CredentialGate } from '../arming.ts';
import type { PolicyWorld } from '../core/evaluate.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { LinkUser } from '../upstream/contract.ts';
import type { UpstreamLink } from '../upstream/link.ts';
import type { ApprovalQueue } from './approval-queue.ts';
import type { ArgumentValidator } from './argument-validator.ts';
import type { AuditGate } from './audit-gate.ts';
import type { CallGuards } from './call-guards.ts';
import type { CallJournal } from './call-journal.ts';
import type { ClientPatience } from './client-patience.ts';
import type { KnownFacts } from './gateway-hello.ts';
import type { Limiter, Limits } from './limiter.ts';
import type { ListFaults } from './list-faults.ts';
import type { LinkLogLevels } from './log-levels.ts';
import type { ProgramBook } from './program-book.ts';
import type { PromptNames } from './prompt-names.ts';
import type { Rereads } from './rereads.ts';
import type { ResourceRoutes, Route } from './resource-routes.ts';
import type { ResultFilters } from './result-filters.ts';
import type { Sessions } from './sessions.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TaskQuestions } from './task-questions.ts';
import type { TaskTable } from './task-table.ts';
import type { Visibility } from './visibility.ts';

/** Bounds of one call, milliseconds. */
export interface CallTiming {
  /** How long an agent is kept waiting for a person before it is told to call again; clients give up after 60 s. */
  giveUpMs: number;
  /** Between progress notices while a person is asked. */
  progressMs: number;
  /** How long a server may be silent during a call. */
  upstreamMs: number;
}

/** For what servers that were never read are waited for. */
export interface WantedReading {
  /** The one server it is about; null: all. */
  scope: string | null;
  /** A name nobody knows may be any of theirs; a list can be shown without them, and told of later. */
  kind: 'list' | 'name';
}

/** What was learned of names, addresses and sessions, for finding the way of a request. */
export interface RoutingTables {
  prompts: PromptNames;
  resources: ResourceRoutes;
  tasks: TaskTable;
  questions: TaskQuestions;
  sessions: Sessions;
  subscriptions: Subscriptions;
  logLevels: LinkLogLevels;
  listFaults: ListFaults;
  rereads: Rereads;
}

/** What the pipeline needs of the rest of the engine. */
export interface PipelinePorts extends RoutingTables {
  clock: Clock;
  log: LogPort;
  /** The engine's own key, for digests. */
  key: KeyObject;
  audit: AuditGate;
  journal: CallJournal;
  approvals: ApprovalQueue;
  patience: ClientPatience;
  limiter: Limiter;
  guards: CallGuards;
  programs: Pick<ProgramBook, 'isLearning' | 'known'>;
  filters: ResultFilters;
  validator: ArgumentValidator;
  credentials: CredentialGate;
  timing: CallTiming;
  visibility: Visibility;
  world(): PolicyWorld;
  limitsOf(agentId: string): Limits;
  /** The tool behind a name, if it is listed for this agent; on a server's own path names are the server's. */
  findListed(agentId: string, scope: string | null, name: string): CatalogTool | undefined;
  /** The tool behind a name, whoever may see it: for telling the person, never the agent. */
  findOffered(scope: string | null, name: string): CatalogTool | undefined;
  /** The page of a tool (MCP Apps) behind an address, among the tools this agent sees. */
  findApp(agentId: string, uri: string): Route | null;
  /** What is known of a server that was ever connected. */
  facts(serverId: string): KnownFacts | null;
  /** What a server may ask of agents. */
  asksOf(serverId: string): AskSwitches;
  /** True when the agent may use the server as a whole without anybody being asked. */
  mayTell(agentId: string, serverId: string): boolean;
  /** Waits, bounded, for servers whose tools were never read; the ones that are still being read then. */
  firstSync(signal: AbortSignal, wanted: WantedReading): Promise<ReadonlySet<string>>;
  /** The server is connected and its tools were read since. */
  isFresh(serverId: string): boolean;
  /** Connects the server and reads its tools. Throws `LinkFault`. */
  refresh(serverId: string, signal: AbortSignal): Promise<void>;
  /** Throws `LinkFault`. */
  link(serverId: string, signal: AbortSignal, user: LinkUser | undefined, agentId: string): Promise<UpstreamLink>;
  linksOf(agentId: string): { serverId: string; link: UpstreamLink }[];
  /** Keeps the server from being stopped as idle until released. */
  hold(serverId: string): () => void;
}
