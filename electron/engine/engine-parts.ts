import type { KeyObject } from 'node:crypto';
import type { EngineStatus } from '../shared/index.ts';
import { AgentRegistry, limitsOf } from './agent-registry.ts';
import { AgentsSide } from './agents-side.ts';
import { makeAnnouncer } from './announcer.ts';
import type { EngineParts } from './api/context.ts';
import { CatalogKeeper } from './catalog-keeper.ts';
import type { EngineOptions } from './contract.ts';
import type { DataDir } from './data-dir.ts';
import { EventBus } from './event-bus.ts';
import type { Exchange, ExchangeHandler } from './exchange.ts';
import { ApprovalQueue } from './pipeline/approval-queue.ts';
import { ArgumentValidator } from './pipeline/argument-validator.ts';
import { AuditGate } from './pipeline/audit-gate.ts';
import { CallJournal } from './pipeline/call-journal.ts';
import { governCall } from './pipeline/govern-call.ts';
import { Limiter } from './pipeline/limiter.ts';
import type { PipelinePorts } from './pipeline/ports.ts';
import { settleAbandoned } from './pipeline/settle.ts';
import { ToolLists } from './pipeline/tool-lists.ts';
import { PolicyState } from './policy-state.ts';
import type { EnginePorts } from './ports.ts';
import { recoverCalls } from './recover.ts';
import { ServerRegistry } from './server-registry.ts';
import type { StoreWriter } from './store/contract.ts';
import type { EngineTuning } from './tuning.ts';
import { Catalog } from './upstream/catalog.ts';
import type { LinkPool } from './upstream/contract.ts';
import { createLinkPool } from './upstream/pool.ts';
import { type Reply, rpcErrorCodes } from './wire/json-rpc.ts';

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

/** Parts that exist before any other and that the others are made from. */
interface Base {
  bus: EventBus;
  audit: AuditGate;
  journal: CallJournal;
  agents: AgentRegistry;
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
  const late: { parts: EngineParts | null; side: AgentsSide | null } = { parts: null, side: null };
  const base = makeBase(ground, () => late.parts?.announce.engine());
  const { bus, audit, journal, agents, now } = base;
  const announce = makeAnnouncer(bus, () => late.parts);

  const pool = makePool(ground, late);
  const catalog = new Catalog({
    store,
    pool,
    log: ports.log,
    now,
    onChanged: (serverId) => {
      late.parts?.policy.refresh();
      announce.server(serverId);
      announce.matrix(null);
      late.side?.listsChanged();
    },
  });
  const keeper = new CatalogKeeper({ catalog, pool, log: ports.log });
  const servers = new ServerRegistry({ store, pool, catalog, now }, options.declared?.servers ?? []);
  const policy = new PolicyState({
    store,
    agents,
    catalog,
    now,
    onChanged: () => {
      late.side?.listsChanged();
      announce.engine();
    },
  });
  const lists = new ToolLists({ catalog, world: () => policy.world });
  const limiter = new Limiter();
  const approvals = makeApprovals(ground, base);
  const pipeline = makePipeline(ground, base, { approvals, catalog, keeper, limiter, lists, policy, pool });
  const side = new AgentsSide({
    ports,
    agents,
    lists,
    handle: makeExchangeHandler(pipeline, keeper, lists),
    onSessions: (id) => announce.agent(id),
    onChanged: () => announce.engine(),
  });

  const parts: EngineParts = {
    ports,
    store,
    audit,
    bus,
    agents,
    servers,
    catalog,
    keeper,
    pool,
    policy,
    journal,
    approvals,
    limiter,
    announce,
    listener: () => side.listener,
    openListener: (port) => side.open(port),
    status: () => describeStatus(ground, base, policy, side),
  };
  late.parts = parts;
  late.side = side;
  return { parts, side };
}

function makeBase(ground: Ground, onHealth: () => void): Base {
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
    recoveredCalls: recoverCalls(store, audit),
    startedAt: now(),
    now,
  };
}

function makePool(ground: Ground, late: { parts: EngineParts | null }): LinkPool {
  const { ports, dataDir } = ground;
  return createLinkPool({
    clock: ports.clock,
    log: ports.log,
    version: ports.version,
    dataDir: dataDir.path,
    env: ports.env,
    onStatus: (serverId) => late.parts?.announce.server(serverId),
    onToolsChanged: (serverId) => late.parts?.keeper.toolsChanged(serverId),
  });
}

function makeApprovals(ground: Ground, base: Base): ApprovalQueue {
  const { store, tuning, key, ports } = ground;
  const { bus, audit, journal, agents } = base;
  return new ApprovalQueue({
    store,
    audit,
    bus,
    clock: ports.clock,
    key,
    timing: tuning,
    facts: (agentId, serverId, tool) => ({
      tokenHint: agents.get(agentId)?.tokenHint ?? '',
      firstSeenAt: agents.get(agentId)?.createdAt ?? base.startedAt,
      priorCalls: store.priorCalls(agentId, serverId, tool),
    }),
    onAbandoned: (callId, outcome) => settleAbandoned(audit, journal, callId, outcome),
    onWaiting: (callId, approvalId, expiresAt) => journal.waitingOn(callId, approvalId, expiresAt),
  });
}

interface PipelineParts {
  approvals: ApprovalQueue;
  catalog: Catalog;
  keeper: CatalogKeeper;
  limiter: Limiter;
  lists: ToolLists;
  policy: PolicyState;
  pool: LinkPool;
}

function makePipeline(ground: Ground, base: Base, parts: PipelineParts): PipelinePorts {
  const { ports, tuning, key } = ground;
  const { approvals, catalog, keeper, limiter, lists, policy, pool } = parts;
  return {
    clock: ports.clock,
    log: ports.log,
    key,
    audit: base.audit,
    journal: base.journal,
    approvals,
    limiter,
    validator: new ArgumentValidator(),
    timing: tuning,
    world: () => policy.world,
    limitsOf: (agentId) => limitsOf(base.agents.get(agentId)),
    findListed: (agentId, name) => lists.find(agentId, name),
    findOffered: (name) => catalog.find(name),
    firstSync: (signal) => keeper.firstSync(signal),
    isFresh: (serverId) => catalog.isFresh(serverId) && pool.state(serverId).status === 'running',
    refresh: (serverId) => catalog.sync(serverId),
    link: (serverId, signal) => pool.link(serverId, signal),
    hold: (serverId) => pool.hold(serverId),
  };
}

/** What agents can ask for beyond initialize and ping, which their leg answers. */
function makeExchangeHandler(pipeline: PipelinePorts, keeper: CatalogKeeper, lists: ToolLists): ExchangeHandler {
  return async (exchange: Exchange): Promise<Reply> => {
    if (exchange.method === 'tools/call') return governCall(pipeline, exchange);
    if (exchange.method !== 'tools/list') {
      return { kind: 'error', error: { code: rpcErrorCodes.methodNotFound, message: 'Method not found' } };
    }
    await keeper.firstSync(exchange.signal);
    return lists.reply(exchange);
  };
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
