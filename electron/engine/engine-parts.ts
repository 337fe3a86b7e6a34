import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { EngineStatus } from '../shared/index.ts';
import { AgentRegistry } from './agent-registry.ts';
import { AgentsSide } from './agents-side.ts';
import { makeAnnouncer } from './announcer.ts';
import type { Announcer, EngineParts } from './api/context.ts';
import { assembleApprovals } from './approval-parts.ts';
import { CatalogKeeper } from './catalog-keeper.ts';
import { makeClientParts } from './client-parts.ts';
import type { EngineOptions } from './contract.ts';
import type { DataDir } from './data-dir.ts';
import { EventBus } from './event-bus.ts';
import { ArgumentValidator } from './pipeline/argument-validator.ts';
import { AuditGate } from './pipeline/audit-gate.ts';
import { CallJournal } from './pipeline/call-journal.ts';
import { decideNow } from './pipeline/decide-again.ts';
import { judgeCall } from './pipeline/judge-call.ts';
import { ListFaults } from './pipeline/list-faults.ts';
import { askOutsideCall, type NoticePorts, relayNotice } from './pipeline/notices.ts';
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
import type { EngineTuning } from './tuning.ts';
import { Catalog } from './upstream/catalog.ts';
import { ServerUsageBook } from './upstream/child-usage.ts';
import type { LinkPool } from './upstream/contract.ts';
import { createLinkPool } from './upstream/pool.ts';

/** What the parts stand on. */
export interface Ground {
  ports: EnginePorts;
  options: EngineOptions;
  tuning: EngineTuning;
  dataDir: DataDir;
  /** The engine's own key, for digests. */
  key: KeyObject;
  store: StoreWriter;
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
  const pool = makePool(ground, late, facts, base);
  const { catalog, risks } = makeCatalog(ground, { pool, facts, late, announce, now });
  const keeper = new CatalogKeeper({ catalog, pool, facts, log: ports.log });
  const listFaults = new ListFaults((serverId) => announce.server(serverId));
  const servers = new ServerRegistry(
    { store, pool, catalog, consents: base.consents, now, listFault: (serverId) => listFaults.of(serverId) },
    options.declared?.servers ?? [],
  );
  const onPolicy = () => {
    late.side?.listsChanged();
    announce.engine();
    announce.policy();
    late.parts?.desk.policyChanged();
  };
  const policy = new PolicyState({ store, agents, catalog, now, onChanged: onPolicy });
  const listedBy = (agentId: string, uri: string) => pipeline.resources.listed(agentId, uri)?.serverId ?? null;
  const lists = new ToolLists({ catalog, world: () => policy.world, listedBy });
  const { limiter, kept, guards } = assembleGuards({ ...ground, ...base, policy, servers });
  const validator = new ArgumentValidator();
  const { approvals, desk } = assembleApprovals({
    ...ground,
    ...base,
    catalog,
    validator,
    kept,
    timing: ground.tuning,
    decideNow: (call) => decideNow(pipeline, call),
    judge: (agentId, tool, args) =>
      judgeCall(pipeline, { id: agentId, name: agents.get(agentId)?.name ?? '' }, tool, args),
    policyVersion: () => policy.world.version,
    onGrants: () => policy.renew(),
  });
  const listener = () => late.side?.listener ?? null;
  const pipeline = makePipeline(ground, base, {
    ...{ approvals, catalog, facts, guards, keeper, limiter, listFaults, lists, policy, pool, servers, validator },
    listener,
  });
  const notices = makeNoticePorts(pipeline, agents, listener);
  const side = new AgentsSide({
    ports,
    agents,
    lists,
    pipeline,
    notices,
    stateKey: deriveKey(ground.key, 'request-state'),
    handle: makeExchangeHandler(pipeline, lists),
    onSessions: (id) => announce.agent(id),
    onChanged: () => announce.engine(),
  });

  const parts: EngineParts = {
    ports,
    key: ground.key,
    store,
    ...base,
    servers,
    catalog,
    keeper,
    pool,
    policy,
    approvals,
    desk,
    limiter,
    subscriptions: pipeline.subscriptions,
    risks,
    kept,
    guards,
    validator,
    ...makeClientParts(ground, () => late.parts),
    announce,
    listener: () => side.listener,
    openListener: (port) => side.open(port),
    status: () => describeStatus(ground, base, policy, side),
  };
  late.parts = parts;
  late.side = side;
  late.notices = notices;
  return { parts, side };
}

interface CatalogGround {
  pool: LinkPool;
  facts: ServerFactsBook;
  late: Late;
  announce: Announcer;
  now(): number;
}

function makeCatalog(ground: Ground, parts: CatalogGround): { catalog: Catalog; risks: RiskLedger } {
  const { ports, store } = ground;
  const { pool, facts, late, announce, now } = parts;
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
    rate: (server, record, reviewed) => risks.rate(server, record, reviewed),
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
  const bus = new EventBus(ports.clock, ports.log);
  const audit = new AuditGate({ store, log: ports.log, now, onHealth });
  const agents = new AgentRegistry(store, options.declared?.agents ?? [], now);
  return {
    bus,
    audit,
    journal: new CallJournal(bus),
    agents,
    consents: new ServerConsents(store, deriveKey(ground.key, 'server-launch'), now),
    usage: new ServerUsageBook(() => late.parts?.pool ?? null, now),
    recoveredCalls: recoverCalls(store, audit),
    startedAt: now(),
    now,
  };
}

function makePool(ground: Ground, late: Late, facts: ServerFactsBook, { consents, usage }: Base): LinkPool {
  const { ports, dataDir } = ground;
  const pool: LinkPool = createLinkPool({
    clock: ports.clock,
    log: ports.log,
    version: ports.version,
    dataDir: dataDir.path,
    env: ports.env,
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
    onAsk: async (serverId, owner, method, params) =>
      late.notices ? askOutsideCall(late.notices, serverId, owner, method, params) : { kind: 'unsupported' },
  });
  return pool;
}

/** A key for one purpose, so that what is signed for one can never pass for another. */
function deriveKey(key: KeyObject, purpose: string): KeyObject {
  return createSecretKey(createHmac('sha256', key).update(purpose).digest());
}

function describeStatus(ground: Ground, base: Base, policy: PolicyState, side: AgentsSide): EngineStatus {
  const { ports, options } = ground;
  const listening = side.status();
  const { paused, version: policyVersion } = policy.world;
  return {
    ...listening,
    state: stateOf(base.audit.problem, listening.mcpUrl, paused),
    paused,
    degradedReason: base.audit.problem,
    policyVersion,
    policyFaults: policy.faults.length,
    version: ports.version,
    host: ports.host,
    dataDir: ports.dataDir,
    keyProtection: ports.keys.protection,
    startedAt: base.startedAt,
    recoveredCalls: base.recoveredCalls,
    configFile: options.declared?.file ?? null,
  };
}

function stateOf(problem: string | null, mcpUrl: string | null, paused: boolean): EngineStatus['state'] {
  if (problem) return 'degraded';
  if (mcpUrl === null) return 'no_listener';
  return paused ? 'paused' : 'running';
}
