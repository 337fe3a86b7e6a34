import type { KeyObject } from 'node:crypto';
import type { EngineStatus } from '../../shared/index.ts';
import type { AgentRegistry } from '../agent-registry.ts';
import type { AuditIndexer } from '../audit-indexer.ts';
import type { AuditProver } from '../audit-prover.ts';
import type { AuditRetention } from '../audit-retention.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { CatalogKeeper } from '../catalog-keeper.ts';
import type { ClientDesk } from '../client-configs/client-desk.ts';
import type { CredentialParts } from '../credential-parts.ts';
import type { DefinitionScans } from '../definition-scans.ts';
import type { AgentListener } from '../downstream/contract.ts';
import type { EventBus } from '../event-bus.ts';
import type { FirstCall } from '../first-call.ts';
import type { OAuthParts } from '../oauth-parts.ts';
import type { ApprovalDesk } from '../pipeline/approval-desk.ts';
import type { ApprovalQueue } from '../pipeline/approval-queue.ts';
import type { ArgumentKeeper } from '../pipeline/argument-keeper.ts';
import type { ArgumentValidator } from '../pipeline/argument-validator.ts';
import type { AuditGate } from '../pipeline/audit-gate.ts';
import type { CallGuards } from '../pipeline/call-guards.ts';
import type { CallJournal } from '../pipeline/call-journal.ts';
import type { Limiter } from '../pipeline/limiter.ts';
import type { ProgramBook } from '../pipeline/program-book.ts';
import type { ResultFilters } from '../pipeline/result-filters.ts';
import type { Subscriptions } from '../pipeline/subscriptions.ts';
import type { PolicyState } from '../policy-state.ts';
import type { EnginePorts } from '../ports.ts';
import type { RiskLedger } from '../risk-ledger.ts';
import type { ServerConsents } from '../server-consent.ts';
import type { ServerRegistry } from '../server-registry.ts';
import type { StoreWriter } from '../store/contract.ts';
import type { TelemetryParts } from '../telemetry-parts.ts';
import type { Catalog } from '../upstream/catalog.ts';
import type { ServerUsageBook } from '../upstream/child-usage.ts';
import type { LinkPool } from '../upstream/contract.ts';

/** The parts of a running engine that its API works on. */
export interface EngineParts {
  ports: EnginePorts;
  /** The engine's own key, for digests. */
  key: KeyObject;
  store: StoreWriter;
  audit: AuditGate;
  /** The mark, the signed checkpoints and the syncs of the log. */
  trail: AuditTrail;
  prover: AuditProver;
  retention: AuditRetention;
  /** Keeps what searches and figures are made from up with the log. */
  indexer: AuditIndexer;
  telemetry: TelemetryParts;
  bus: EventBus;
  agents: AgentRegistry;
  servers: ServerRegistry;
  /** What a person accepted to run. */
  consents: ServerConsents;
  /** Health and cost of servers. */
  usage: ServerUsageBook;
  catalog: Catalog;
  keeper: CatalogKeeper;
  pool: LinkPool;
  policy: PolicyState;
  journal: CallJournal;
  approvals: ApprovalQueue;
  /** Where a person's answers, and everything around approvals, come in. */
  desk: ApprovalDesk;
  limiter: Limiter;
  /** Which programs are expected behind agents' tokens. */
  programs: ProgramBook;
  subscriptions: Subscriptions;
  risks: RiskLedger;
  scans: DefinitionScans;
  filters: ResultFilters;
  /** Arguments kept for replay. */
  kept: ArgumentKeeper;
  guards: CallGuards;
  credentials: CredentialParts;
  oauth: OAuthParts;
  validator: ArgumentValidator;
  /** Other programs' settings: import, connect, watch. */
  clients: ClientDesk;
  firstCall: FirstCall;
  /** The agents' listener, while it is up. */
  listener(): AgentListener | null;
  /** Opens the agents' listener on a port; the fault is in `status()` when it cannot be. */
  openListener(port: number): Promise<void>;
  status(): EngineStatus;
  announce: Announcer;
}

/** Tells every UI what changed, by its newest state. */
export interface Announcer {
  engine(): void;
  agent(id: string): void;
  server(id: string): void;
  matrix(agentId: string | null): void;
  policy(): void;
  /** How the log itself is: its verification, its settings. */
  audit(): void;
  vault(): void;
  credential(id: string): void;
}
