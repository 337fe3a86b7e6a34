import {
  type AgentMatrix,
  type AgentView,
  anything,
  type BridgeParams,
  type Effect,
  type GrantChange,
  type GrantKey,
  type MatrixServer,
  type MatrixTool,
  type RateLimit,
} from '../../shared/index.ts';
import { type KnownAgent, viewAgent } from '../agent-registry.ts';
import { type AgentPolicy, findSwitch } from '../core/evaluate.ts';
import { BridgeFault } from '../faults.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

const weekMs = 7 * 24 * 3_600_000;

/** How the UI sees an agent now. */
export function agentViewOf(parts: EngineParts, agent: KnownAgent): AgentView {
  const start = parts.policy.world.agents.get(agent.id)?.start ?? null;
  return viewAgent(agent, start, parts.listener()?.sessionCount(agent.id) ?? 0);
}

export function makeAgentHandlers(parts: EngineParts): HandlersFor<'agents'> & HandlersFor<'grants'> {
  const { agents, audit, policy, limiter, announce } = parts;
  const record = makeRecorder(audit);
  const changed = (id: string) => {
    policy.renew();
    announce.agent(id);
    announce.matrix(id);
  };

  const endAgent = (id: string) => {
    parts.listener()?.endAgent(id);
    for (const end of [parts.subscriptions.end(id, null), parts.pool.endAgent(id)])
      end.catch((error: unknown) => {
        const message = error instanceof Error ? error.message : 'unknown';
        parts.ports.log.error('what an agent had open could not be ended', { agent: id, error: message });
      });
  };

  return {
    'agents.create': ({ name, defaultEffect }) => {
      const { agent, token } = agents.create(name);
      record('agent.created', agent, { defaultEffect });
      if (defaultEffect)
        parts.store.putGrants(
          [{ agentId: agent.id, serverId: '*', toolName: '*', effect: defaultEffect }],
          parts.ports.clock.now(),
        );
      changed(agent.id);
      return { agent: agentViewOf(parts, agent), token };
    },
    'agents.update': ({ id, ...changes }) => {
      const before = agents.editable(id);
      record('agent.changed', before, describeChanges(before, changes));
      agents.change(id, withoutUndefined(changes));
      // a new name is no reason to start counting anew
      if (changes.limit !== undefined || changes.toolLimit !== undefined) limiter.reset(id);
      changed(id);
      return {};
    },
    'agents.setPaused': ({ id, paused }) => {
      const { name: agentName } = agents.existing(id);
      // pausing only narrows, so it happens even when it cannot be written down
      if (paused) audit.append({ event: 'agent.paused', actor: 'person', agentId: id, agentName });
      else record('agent.resumed', agents.existing(id));
      try {
        agents.setPaused(id, paused);
        changed(id);
      } finally {
        if (paused) {
          policy.refresh();
          parts.journal.cancelRunning(id);
        }
      }
      return {};
    },
    'agents.rotate': ({ id }) => {
      record('agent.token_rotated', agents.editable(id));
      const { agent, token } = agents.rotate(id);
      endAgent(id);
      changed(id);
      return { agent: agentViewOf(parts, agent), token };
    },
    'agents.remove': ({ id }) => {
      record('agent.removed', agents.editable(id));
      agents.change(id, { removedAt: parts.ports.clock.now() });
      endAgent(id);
      policy.renew();
      parts.bus.emit(`agent:${id}`, () => ({ type: 'agent.removed', id }));
      return {};
    },
    'agents.restore': ({ id }) => {
      record('agent.restored', agents.editable(id));
      agents.change(id, { removedAt: null });
      changed(id);
      return {};
    },
    'agents.matrix': ({ id }) => {
      const agent = agents.get(id);
      if (!agent || agent.removedAt !== null)
        throw new BridgeFault('not_found', 'This agent does not exist any more.', 'Go back to the list of agents.');
      return makeMatrix(parts, agent);
    },
    ...makeProgramHandlers(parts, record),
    'grants.set': ({ changes }) => {
      recordGrants(parts, changes, record);
      const previous = policy.setGrants(changes);
      for (const id of new Set(changes.map((change) => change.agentId))) {
        announce.agent(id);
        announce.matrix(id);
      }
      return { previous };
    },
  };
}

function makeProgramHandlers(
  { agents, programs }: EngineParts,
  record: Recorder,
): Pick<HandlersFor<'agents'>, 'agents.programs' | 'agents.setProgram'> {
  return {
    'agents.programs': ({ id }) => programs.view(agents.existing(id).id),
    'agents.setProgram': ({ id, path, expected }) => {
      const agent = agents.existing(id);
      record(expected ? 'agent.program_accepted' : 'agent.program_forgotten', agent, { path });
      if (expected) programs.accept(agent.id, path);
      else programs.forget(agent.id, path);
      return {};
    },
  };
}

function makeMatrix(parts: EngineParts, agent: KnownAgent): AgentMatrix {
  const now = parts.ports.clock.now();
  const policy: AgentPolicy = parts.policy.world.agents.get(agent.id) ?? {
    paused: false,
    tools: new Map(),
    servers: new Map(),
    start: null,
  };
  const counts = new Map(
    parts.store.callCounts(agent.id, now - weekMs).map((row) => [`${row.serverId}\0${row.tool}`, row.count]),
  );
  const servers = parts.servers.all().map((server): MatrixServer => {
    const tools = parts.catalog.toolsOf(server.id).map((tool): MatrixTool => {
      const position = findSwitch(policy, tool);
      const own: Effect | null = position.source === 'tool' ? position.effect : null;
      const isHeld = !tool.reviewed && position.effect !== 'deny';
      return {
        serverId: server.id,
        tool: tool.name,
        exposedName: tool.exposedName,
        title: textOf(tool.definition.title),
        description: textOf(tool.definition.description),
        risk: tool.risk,
        own,
        effective: isHeld ? 'ask' : position.effect,
        source: isHeld ? 'review' : position.source,
        changed: tool.state === 'changed',
        calls7d: counts.get(`${server.id}\0${tool.name}`) ?? 0,
        ruleIds: rulesOn(parts, agent.id, server.id, tool.name),
      };
    });
    return {
      serverId: server.id,
      name: server.name,
      enabled: server.enabled,
      reviewed: server.reviewedAt !== null,
      own: policy.servers.get(server.id) ?? null,
      tools,
    };
  });
  return {
    agentId: agent.id,
    defaultEffect: policy.start,
    limitRemaining: parts.limiter.remaining(agent.id, agent.limit, now),
    limits: parts.limiter.states(
      agent.id,
      { agent: agent.limit, tool: agent.toolLimit },
      limitedRules(parts, agent.id),
      now,
    ),
    loops: parts.guards.loopStates(agent.id),
    servers,
  };
}

type Recorder = (
  event: string,
  agent: KnownAgent,
  details?: Record<string, string | number | boolean | null> | null,
) => void;

/** Writes a person's change before it is made; throws `BridgeFault` when that cannot be. */
function makeRecorder(audit: EngineParts['audit']): Recorder {
  return (event, agent, details = null) => {
    if (audit.append({ event, actor: 'person', agentId: agent.id, agentName: agent.name, details })) return;
    throw new BridgeFault(
      'unavailable',
      'The audit log cannot be written, so nothing was changed.',
      'Free disk space or mend the data folder.',
    );
  };
}

/** All or none: a change that is refused leaves no row of another. */
function recordGrants(parts: EngineParts, changes: readonly GrantChange[], record: Recorder): void {
  for (const change of changes) parts.agents.editable(change.agentId);
  const before = new Map(parts.store.grants().map((grant) => [keyOfGrant(grant), grant.effect]));
  for (const change of changes) {
    record('grant.changed', parts.agents.editable(change.agentId), {
      server: change.serverId,
      tool: change.toolName,
      before: before.get(keyOfGrant(change)) ?? null,
      effect: change.effect,
      version: parts.policy.world.version + 1,
    });
  }
}

function keyOfGrant({ agentId, serverId, toolName }: GrantKey): string {
  return JSON.stringify([agentId, serverId, toolName]);
}

function rulesOn(parts: EngineParts, agentId: string, serverId: string, tool: string): string[] {
  const { never, deny, ask, allow } = parts.policy.world.rules.candidates(agentId, serverId, tool);
  return [...never, ...deny, ...ask, ...allow].map((rule) => rule.id);
}

/** Rules with a limit that may count calls of this agent. */
function limitedRules(parts: EngineParts, agentId: string): { id: string; limit: RateLimit }[] {
  return [...parts.policy.book.rules.values()].flatMap(({ rule }) => {
    const isOurs = rule.enabled && (rule.agent === agentId || rule.agent === anything);
    return isOurs && rule.limit ? [{ id: rule.id, limit: rule.limit }] : [];
  });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Each changed member with what stood before. */
function describeChanges(
  before: KnownAgent,
  { name, limit, toolLimit }: Omit<BridgeParams<'agents.update'>, 'id'>,
): Record<string, string | null> {
  return {
    ...(name === undefined ? {} : { name, nameBefore: before.name }),
    ...(limit === undefined ? {} : { limit: limitText(limit), limitBefore: limitText(before.limit) }),
    ...(toolLimit === undefined
      ? {}
      : { toolLimit: limitText(toolLimit), toolLimitBefore: limitText(before.toolLimit) }),
  };
}

function limitText(limit: { count: number; per: string } | null): string | null {
  return limit ? `${limit.count}/${limit.per}` : null;
}

/** Members that were not given stay as they are; `null` is a value. */
function withoutUndefined<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
