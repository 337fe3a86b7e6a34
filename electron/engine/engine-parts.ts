import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { AgentRegistry } from './agent-registry.ts';
import { AgentsSide } from './agents-side.ts';
import { makeAnnouncer } from './announcer.ts';
import type { Announcer, EngineParts } from './api/context.ts';
import { assembleApprovals } from './approval-parts.ts';
import type { CredentialSource } from './arming.ts';
import { AuditIndexer } from './audit-indexer.ts';
import { recordStart } from './audit-life.ts';
import { AuditProver } from './audit-prover.ts';
import { AuditRetention } from './audit-retention.ts';
import { AuditTrail } from './audit-trail.ts';
import { CatalogKeeper } from './catalog-keeper.ts';
import { makeClientParts } from './client-parts.ts';
import type { EngineOptions } from './contract.ts';
import { assembleCredentials, type CredentialParts } from './credential-parts.ts';
import type { DataDir } from './data-dir.ts';
import { DefinitionScans } from './definition-scans.ts';
import { describeStatus } from './describe-status.ts';
import { EventBus } from './event-bus.ts';
import { joinOAuth } from './oauth-engine.ts';
import type { ArgumentKeeper } from './pipeline/argument-keeper.ts';
import { ArgumentValidator } from './pipeline/argument-validator.ts';
import { AuditGate } from './pipeline/audit-gate.ts';
import { CallJournal } from './pipeline/call-journal.ts';
import { judgeCall } from './pipeline/judge-call.ts';
import { ListFaults } from './pipeline/list-faults.ts';
import { askOutsideCall, type NoticePorts, relayNotice } from './pipeline/notices.ts';
import { ResultFilters } from './pipeline/result-filters.ts';
import { makeExchangeHandler } from './pipeline/route-exchange.ts';
import { ToolLists } from './pipeline/tool-lists.ts';
import { makeNoticePorts, makePipeline } from './pipeline-parts.ts';
import { assembleGuards } from './policy-parts.ts';
import { PolicyState } from './policy-state.ts';
import type { EnginePorts } from './ports.ts';
import { recoverCalls } from './recover.ts';
import { RiskLedger } from './risk-ledger.ts';
import { ServerConsents } from './server-consent.ts';
import { ServerFactsBook } from './server-facts.ts';
import { ServerRegistry } from './server-registry.ts';
import type { StoreWriter } from './store/contract.ts';
import { assembleTelemetry } from './telemetry-parts.ts';
import type { EngineTuning } from './tuning.ts';
import { Catalog } from './upstream/catalog.ts';
import { ServerUsageBook } from './upstream/child-usage.ts';
import type { LinkPool } from './upstream/contract.ts';
import { createLinkPool } from './upstream/pool.ts';
import type { EchoGuard } from './wire/echo-guard.ts';

/** What the parts stand on. */
export interface Ground {
  ports: EnginePorts;
  options: EngineOptions;
  tuning: EngineTuning;
  dataDir: DataDir;
  /** The engine's own key, for digests. */
  key: KeyObject;
  store: StoreWriter;
  /** Knows every secret there is, and takes it out of what leaves the engine. */
  guard: EchoGuard;
}

/** Parts that others call back to before they exist. */
interface Late {
  parts: EngineParts | null;
  side: AgentsSide | null;
  notices: NoticePorts | null;
}

/** Parts that exist before any other and that the others are made from. */
export interface Base {
  bus: EventBus;
  audit: AuditGate;
  trail: AuditTrail;
  journal: CallJournal;
  agents: AgentRegistry;
  consents: ServerConsents;
  usage: ServerUsageBook;
  /** How many sent calls without an outcome a killed engine left behind. */
  recoveredCalls: number;
  startedAt: number;
  now(): number;
}

/**
 * Wires the parts of an engine. Some call back to parts made after them; those calls go through `late`, which stays
 * empty until everything stands, because before that there is nobody to tell.
 */
export function assembleParts(ground: Ground): { parts: EngineParts; side: AgentsSide } {
  const { ports, options, store } = ground;
  const late: Late = { parts: null, side: null, notices: null };
  const base = makeBase(ground, late);
  const { bus, agents, now } = base;
  const announce = makeAnnouncer(bus, () => late.parts);

  const facts = new ServerFactsBook(store);
  const credentials = makeCredentials(ground, late, { bus, announce });
  const oauth = joinOAuth(ground, base.audit, credentials, () => late.parts);
  const pool = makePool(ground, late, { ...base, facts, credentials: credentials.source });
  const content = { scans: new DefinitionScans(), filters: new ResultFilters(store) };
  const { catalog, risks } = makeCatalog(ground, { pool, facts, late, announce, now, ...content });
  const keeper = new CatalogKeeper({
    ...{ catalog, pool, facts, log: ports.log, guard: ground.guard },
    graceMs: ground.tuning.listGraceMs,
    onRead: oauth.worked,
  });
  const listFaults = new ListFaults((serverId) => announce.server(serverId));
  const servers = new ServerRegistry(
    {
      ...{ store, pool, catalog, consents: base.consents, log: ports.log, now },
      ...{ listFault: (id: string) => listFaults.of(id), signInOf: oauth.signInOf },
    },
    options.declared?.servers ?? [],
  );
  const onPolicy = () => {
    late.side?.listsChanged();
    announce.engine();
    announce.policy();
    late.parts?.desk.policyChanged();
  };
  const policy = new PolicyState({ store, agents, catalog, now, onChanged: onPolicy, log: ports.log });
  const listedBy = (agentId: string, uri: string) => pipeline.resources.listed(agentId, uri)?.serverId ?? null;
  const lists = new ToolLists({ catalog, world: () => policy.world, listedBy });
  const { limiter, kept, guards, programs } = assembleGuards({ ...ground, ...base, policy, servers, announce });
  const validator = new ArgumentValidator();
  const { approvals, desk } = assembleApprovals({
    ...ground,
    ...base,
    catalog,
    credentials: credentials.gate,
    validator,
    kept,
    timing: ground.tuning,
    decideNow: (call) => guards.decideInPlace(call),
    judge: (agentId, tool, args) =>
      judgeCall(pipeline, { id: agentId, name: agents.get(agentId)?.name ?? '' }, tool, args),
    policyVersion: () => policy.world.version,
    onGrants: () => policy.renew(),
  });
  const listener = () => late.side?.listener ?? null;
  const pipeline = makePipeline(ground, base, {
    credentials: credentials.gate,
    ...{ approvals, catalog, facts, guards, keeper, limiter, listFaults, lists },
    ...{ policy, pool, programs, servers, validator, listener, ...content },
  });
  const notices = makeNoticePorts(pipeline, agents, listener);
  const side = new AgentsSide({
    ...{ ports, agents, lists, pipeline, notices },
    onConnection: (agent, caller) => programs.connected(agent, caller),
    stateKey: deriveKey(ground.key, 'request-state'),
    handle: makeExchangeHandler(pipeline, lists),
    onSessions: (id) => announce.agent(id),
    onChanged: () => announce.engine(),
  });

  const parts: EngineParts = {
    ...{ ports, store, key: ground.key },
    ...base,
    ...makeProof(ground, base, announce),
    indexer: makeIndexer(ground, kept),
    telemetry: assembleTelemetry({ ...ground, ...base, servers, waiting: () => approvals.open().length }),
    ...{ servers, catalog, keeper, pool, policy, approvals, desk, limiter, programs },
    subscriptions: pipeline.subscriptions,
    ...{ ...content, risks },
    kept,
    guards,
    validator,
    credentials,
    oauth,
    ...makeClientParts(ground, () => late.parts),
    announce,
    listener: () => side.listener,
    openListener: (port) => side.open(port),
    status: () => ({ ...describeStatus(ground, base, policy, side), signInsNeeded: oauth.needed() }),
  };
  late.parts = parts;
  late.side = side;
  late.notices = notices;
  return { parts, side };
}

/** What keeps the log provable, proves it, and prunes it. */
function makeProof(
  { ports, store, dataDir }: Ground,
  { audit, trail, now }: Base,
  announce: Announcer,
): Pick<EngineParts, 'audit' | 'trail' | 'prover' | 'retention'> {
  const { log } = ports;
  const options = { dataDir: dataDir.path, nativeBinding: ports.sqliteBinding };
  return {
    audit,
    trail,
    prover: new AuditProver({ options, log, now, onChanged: () => announce.audit() }),
    retention: new AuditRetention({ store, audit, trail, log, now }),
  };
}

function makeIndexer({ store, ports }: Ground, kept: ArgumentKeeper): AuditIndexer {
  return new AuditIndexer({
    store,
    log: ports.log,
    flushKept: () => kept.flush(),
    argumentsOf(callId) {
      const call = store.keptCall(callId);
      return call === null ? null : (kept.open(call)?.arguments ?? null);
    },
  });
}

interface CatalogGround {
  pool: LinkPool;
  facts: ServerFactsBook;
  late: Late;
  announce: Announcer;
  scans: DefinitionScans;
  now(): number;
}

function makeCatalog(ground: Ground, parts: CatalogGround): { catalog: Catalog; risks: RiskLedger } {
  const { ports, store } = ground;
  const { pool, facts, late, announce, scans, now } = parts;
  const selfNameOf = (serverId: string) => pool.state(serverId).hello?.serverInfo?.name ?? null;
  const risks = new RiskLedger({ store, selfNameOf, now });
  const catalog = new Catalog({
    store,
    pool,
    log: ports.log,
    now,
    isKnown: (serverId) => facts.of(serverId)?.hello != null,
    conditional: {
      get: (serverId) => facts.conditionalTools(serverId),
      set: (serverId, names) => facts.setConditionalTools(serverId, names),
    },
    isBlocked: (definition, hash) => scans.isBlocked(definition, hash),
    rate: (server, record, reviewed) => scans.tellWith(risks.rate(server, record, reviewed), record, reviewed),
    onChanged: (serverId) => {
      late.parts?.policy.refresh();
      announce.server(serverId);
      announce.matrix(null);
      late.side?.listsChanged();
      if (catalog.server(serverId) !== undefined) return;
      late.notices?.pipeline.prompts.drop(serverId);
      late.notices?.pipeline.subscriptions.endServer(serverId);
    },
  });
  return { catalog, risks };
}

function makeBase(ground: Ground, late: Late): Base {
  const onHealth = () => late.parts?.announce.engine();
  const { ports, options, store } = ground;
  const now = () => ports.clock.now();
  const bus = new EventBus(ports.clock, ports.log, ground.guard);
  const { dataDir, key, tuning } = ground;
  const trail = new AuditTrail({ ...ports, store, key, dataDir: dataDir.path, writes: tuning.auditWrites });
  const { durability } = store.auditSettings();
  const audit = new AuditGate({ store, trail, log: ports.log, durability, now, onHealth });
  recordStart(audit, trail);
  const agents = new AgentRegistry(store, options.declared?.agents ?? [], now);
  return {
    bus,
    audit,
    trail,
    journal: new CallJournal(bus),
    agents,
    consents: new ServerConsents(store, deriveKey(ground.key, 'server-launch'), now),
    usage: new ServerUsageBook(() => late.parts?.pool ?? null, now),
    recoveredCalls: recoverCalls(store, audit),
    startedAt: now(),
    now,
  };
}

function makeCredentials(
  ground: Ground,
  late: Late,
  { bus, announce }: { bus: EventBus; announce: Announcer },
): CredentialParts {
  const { ports, store, guard, key } = ground;
  return assembleCredentials({
    ...{ ports, store, guard },
    key: deriveKey(key, 'credential-bindings'),
    serverOf(id) {
      const server = late.parts?.servers.get(id);
      return server && server.removedAt === null ? server : null;
    },
    onVault: () => announce.vault(),
    onCredential(id) {
      announce.credential(id);
      late.parts?.approvals.followCredentials();
    },
    onRemoved: (id) => bus.emit(`credential:${id}`, () => ({ type: 'credential.removed', id })),
    onServer(serverId) {
      late.parts?.pool.credentialsChanged(serverId);
      late.parts?.approvals.followCredentials();
    },
    onUnlocked() {
      late.parts?.pool.credentialsChanged(null);
      late.parts?.keeper.readUnknown();
    },
    onLocked: () => late.parts?.pool.endArmed(),
  });
}

interface PoolGround extends Pick<Base, 'consents' | 'usage'> {
  facts: ServerFactsBook;
  credentials: CredentialSource;
}

function makePool(ground: Ground, late: Late, { facts, credentials, consents, usage }: PoolGround): LinkPool {
  const { ports, dataDir } = ground;
  const pool: LinkPool = createLinkPool({
    clock: ports.clock,
    log: ports.log,
    version: ports.version,
    dataDir: dataDir.path,
    env: ports.env,
    credentials,
    guard: ground.guard,
    eras: facts.eras,
    launch: consents,
    onStatus: (serverId) => {
      late.parts?.announce.server(serverId);
      const state = pool.state(serverId);
      usage.follow(serverId, state);
      if (facts.follow(serverId, state)) late.side?.listsChanged();
    },
    onToolsChanged: (serverId) => late.parts?.keeper.toolsChanged(serverId),
    onListChanged: (serverId, owner, kind) => late.side?.serverListChanged(serverId, owner, kind),
    onNotification: (serverId, owner, method, params) => {
      if (late.notices) relayNotice(late.notices, serverId, owner, method, params);
    },
    onAsk: async (serverId, owner, method, params, ties) =>
      late.notices ? askOutsideCall(late.notices, serverId, owner, method, params, ties) : { kind: 'unsupported' },
  });
  return pool;
}

/** A key for one purpose, so that what is signed for one can never pass for another. */
function deriveKey(key: KeyObject, purpose: string): KeyObject {
  return createSecretKey(createHmac('sha256', key).update(purpose).digest());
}
