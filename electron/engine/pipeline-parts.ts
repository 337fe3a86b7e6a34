import { type AgentRegistry, limitsOf } from './agent-registry.ts';
import type { CredentialGate } from './arming.ts';
import type { CatalogKeeper } from './catalog-keeper.ts';
import { evaluate } from './core/evaluate.ts';
import { serverSubject } from './core/policy-subject.ts';
import type { AgentListener } from './downstream/contract.ts';
import type { Base, Ground } from './engine-parts.ts';
import type { ApprovalQueue } from './pipeline/approval-queue.ts';
import type { ArgumentValidator } from './pipeline/argument-validator.ts';
import type { CallGuards } from './pipeline/call-guards.ts';
import { ClientPatience } from './pipeline/client-patience.ts';
import type { Limiter } from './pipeline/limiter.ts';
import type { ListFaults } from './pipeline/list-faults.ts';
import { LinkLogLevels } from './pipeline/log-levels.ts';
import type { NoticePorts } from './pipeline/notices.ts';
import type { PipelinePorts } from './pipeline/ports.ts';
import type { ProgramBook } from './pipeline/program-book.ts';
import { PromptNames } from './pipeline/prompt-names.ts';
import { Rereads } from './pipeline/rereads.ts';
import { ResourceRoutes } from './pipeline/resource-routes.ts';
import type { ResultFilters } from './pipeline/result-filters.ts';
import { Sessions } from './pipeline/sessions.ts';
import { Subscriptions } from './pipeline/subscriptions.ts';
import { TaskQuestions } from './pipeline/task-questions.ts';
import { TaskTable } from './pipeline/task-table.ts';
import type { ToolLists } from './pipeline/tool-lists.ts';
import { createVisibility } from './pipeline/visibility.ts';
import type { PolicyState } from './policy-state.ts';
import type { ServerFactsBook } from './server-facts.ts';
import type { ServerRegistry } from './server-registry.ts';
import type { Catalog } from './upstream/catalog.ts';
import type { LinkPool } from './upstream/contract.ts';

interface Parts {
  approvals: ApprovalQueue;
  credentials: CredentialGate;
  catalog: Catalog;
  facts: ServerFactsBook;
  filters: ResultFilters;
  guards: CallGuards;
  keeper: CatalogKeeper;
  limiter: Limiter;
  listFaults: ListFaults;
  lists: ToolLists;
  policy: PolicyState;
  pool: LinkPool;
  programs: ProgramBook;
  servers: ServerRegistry;
  validator: ArgumentValidator;
  listener(): AgentListener | null;
}

/** Everything a call needs, from the parts of the engine. */
export function makePipeline(ground: Ground, base: Base, parts: Parts): PipelinePorts {
  const { ports, tuning, key } = ground;
  const { approvals, catalog, facts, guards, keeper, limiter, listFaults, lists, policy, pool, servers } = parts;
  const world = () => policy.world;
  const visibility = createVisibility({ catalog, world });
  const resources = new ResourceRoutes((agentId, uri) => lists.findApp(agentId, uri));
  const link: PipelinePorts['link'] = async (serverId, signal, user, agentId) => {
    const opened = await pool.link(serverId, signal, user, agentId);
    if (user) await keeper.readOwnLink(serverId, opened);
    return opened;
  };
  const hold = (serverId: string) => pool.hold(serverId);
  const subscriptions = new Subscriptions({
    hold,
    shown: (agentId, serverId, uri) => resources.shown(agentId, serverId, uri),
    mayHear: (agentId, serverId) => visibility.isOpen(agentId, serverId),
    notify: (agentId, method, params, sessionId, serverIds) =>
      parts.listener()?.notify(agentId, method, params, sessionId, serverIds),
  });
  return {
    clock: ports.clock,
    log: ports.log,
    key,
    audit: base.audit,
    journal: base.journal,
    approvals,
    limiter,
    patience: new ClientPatience({ store: ground.store, clock: ports.clock, baseMs: tuning.giveUpMs }),
    guards,
    programs: parts.programs,
    filters: parts.filters,
    validator: parts.validator,
    credentials: parts.credentials,
    timing: tuning,
    prompts: new PromptNames(),
    resources,
    tasks: makeTasks(ground),
    questions: new TaskQuestions(),
    sessions: new Sessions(),
    subscriptions,
    logLevels: new LinkLogLevels(ports.log),
    listFaults,
    rereads: new Rereads(),
    visibility,
    world,
    limitsOf: (agentId) => limitsOf(base.agents.get(agentId)),
    findListed: (agentId, scope, name) => lists.find(agentId, scope, name),
    findOffered: (scope, name) => findOffered(catalog, scope, name),
    findApp: (agentId, uri) => lists.findApp(agentId, uri),
    facts: (serverId) => facts.of(serverId),
    asksOf: (serverId) => servers.asksOf(serverId),
    mayTell: (agentId, serverId) => mayTell(policy, agentId, serverId, base.now()),
    firstSync: (signal, wanted) => keeper.firstSync(signal, wanted),
    isFresh: (serverId) => catalog.isFresh(serverId) && pool.state(serverId).status === 'running',
    refresh: (serverId) => catalog.sync(serverId),
    link,
    linksOf: (agentId) => pool.linksOf(agentId),
    hold,
  };
}

/** What cannot be written down is known until the engine ends, and the call it came from does not fail over it. */
function makeTasks({ store, ports: { clock, log } }: Ground): TaskTable {
  return new TaskTable(store.knownTasks(), (task) => {
    try {
      store.putKnownTask({ ...task, learnedAt: clock.now() });
    } catch (error) {
      log.error('a task could not be written down', { error: error instanceof Error ? error.message : 'unknown' });
    }
  });
}

/** What servers and agents tell each other outside calls goes through the agents' listener, while it is up. */
export function makeNoticePorts(
  pipeline: PipelinePorts,
  agents: AgentRegistry,
  listener: () => AgentListener | null,
): NoticePorts {
  return {
    pipeline,
    agentOf(agentId) {
      const agent = agents.get(agentId);
      return agent && agent.removedAt === null ? { id: agent.id, name: agent.name } : null;
    },
    notify: (agentId, method, params, sessionId, serverIds) =>
      listener()?.notify(agentId, method, params, sessionId, serverIds),
    ask: async (agentId, method, params, ties) =>
      (await listener()?.ask(agentId, method, params, ties)) ?? { kind: 'unsupported' },
  };
}

function findOffered(catalog: Catalog, scope: string | null, name: string) {
  if (scope === null) return catalog.find(name);
  return catalog.offered().find((tool) => tool.serverId === scope && tool.name === name);
}

function mayTell(policy: PolicyState, agentId: string, serverId: string, at: number): boolean {
  const subject = {
    agentId,
    tool: serverSubject(serverId),
    arguments: {},
    risk: { tier: 'write' as const, reasons: [] },
  };
  return evaluate(policy.world, { ...subject, at }).effect === 'allow';
}
