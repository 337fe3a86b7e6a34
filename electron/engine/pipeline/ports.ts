import type { KeyObject } from 'node:crypto';
import type { PolicyWorld } from '../core/evaluate.ts';
import type { Clock, LogPort } from '../ports.ts';
import type { CatalogTool } from '../upstream/catalog.ts';
import type { UpstreamLink } from '../upstream/link.ts';
import type { ApprovalQueue } from './approval-queue.ts';
import type { ArgumentValidator } from './argument-validator.ts';
import type { AuditGate } from './audit-gate.ts';
import type { CallJournal } from './call-journal.ts';
import type { Limiter, Limits } from './limiter.ts';

/** Bounds of one call, milliseconds. */
export interface CallTiming {
  /** How long an agent is kept waiting for a person before it is told to call again; clients give up after 60 s. */
  giveUpMs: number;
  /** Between progress notices while a person is asked. */
  progressMs: number;
  /** How long a server may be silent during a call. */
  upstreamMs: number;
}

/** What the pipeline needs of the rest of the engine. */
export interface PipelinePorts {
  clock: Clock;
  log: LogPort;
  /** The engine's own key, for digests. */
  key: KeyObject;
  audit: AuditGate;
  journal: CallJournal;
  approvals: ApprovalQueue;
  limiter: Limiter;
  validator: ArgumentValidator;
  timing: CallTiming;
  world(): PolicyWorld;
  limitsOf(agentId: string): Limits;
  /** The tool behind an exposed name, if it is listed for this agent. */
  findListed(agentId: string, exposedName: string): CatalogTool | undefined;
  /** The tool behind an exposed name, whoever may see it: for telling the person, never the agent. */
  findOffered(exposedName: string): CatalogTool | undefined;
  /** Waits, bounded, for servers whose tools were never read. */
  firstSync(signal: AbortSignal): Promise<void>;
  /** The server is connected and its tools were read since. */
  isFresh(serverId: string): boolean;
  /** Connects the server and reads its tools. Throws `LinkFault`. */
  refresh(serverId: string, signal: AbortSignal): Promise<void>;
  link(serverId: string, signal: AbortSignal): Promise<UpstreamLink>;
  /** Keeps the server from being stopped as idle until released. */
  hold(serverId: string): () => void;
}
