import type { AuditRow } from './store/contract.ts';
import type { JsonObject, JsonValue } from './wire/json-rpc.ts';

/** What was in force at a time, as far as the rows of the log up to then tell. */
export interface Permissions {
  agents: AgentPermissions[];
  rules: { id: string; value: JsonObject }[];
  never: { id: string; value: JsonObject }[];
  tiers: { server: string; tool: string; tier: string }[];
  /** Calls of every agent are refused. */
  isPaused: boolean;
}

export interface AgentPermissions {
  id: string;
  name: string;
  createdAt: number | null;
  removedAt: number | null;
  isPaused: boolean;
  limit: string | null;
  /** Where its tools start, then what was set by server or tool; `*` for all. */
  switches: { server: string; tool: string; effect: string }[];
  /** What a person chose to remember with an approval, not yet over. */
  remembered: { id: string; tool: string; server: string; summary: string; expiresAt: number | null }[];
}

/** The events that change what agents may do. */
export const permissionEvents: readonly string[] = [
  'agent.created',
  'agent.changed',
  'agent.removed',
  'agent.restored',
  'agent.paused',
  'agent.resumed',
  'grant.changed',
  'grant.remembered',
  'grant.shortened',
  'grant.ended',
  'grant.expired',
  'policy.changed',
  'engine.paused',
  'engine.resumed',
  'engine.stopped',
];

interface AgentFacts extends Omit<AgentPermissions, 'switches' | 'remembered'> {
  switches: Map<string, AgentPermissions['switches'][number]>;
  remembered: Map<string, AgentPermissions['remembered'][number]>;
}

/**
 * Plays the rows in their order. What was set before the oldest row that is left is not known here, and the report says
 * so. `at`: permissions that ended by time before then are left out.
 */
export function replayPermissions(rows: readonly AuditRow[], at: number): Permissions {
  const agents = new Map<string, AgentFacts>();
  const entries = { rule: new Map<string, JsonObject>(), never: new Map<string, JsonObject>() };
  const tiers = new Map<string, Permissions['tiers'][number]>();
  let isPaused = false;
  for (const row of rows) {
    if (row.event === 'engine.paused' || row.event === 'engine.resumed') isPaused = row.event === 'engine.paused';
    else if (row.event === 'policy.changed') applyPolicy(row.details ?? {}, entries, tiers);
    else if (row.agentId !== null) applyToAgent(agentOf(agents, row.agentId), row);
  }
  const list = (map: ReadonlyMap<string, JsonObject>) => [...map].map(([id, value]) => ({ id, value }));
  return {
    agents: [...agents.values()].map((agent) => ({
      ...agent,
      switches: [...agent.switches.values()],
      remembered: [...agent.remembered.values()].filter(({ expiresAt }) => expiresAt === null || expiresAt > at),
    })),
    rules: list(entries.rule),
    never: list(entries.never),
    tiers: [...tiers.values()],
    isPaused,
  };
}

function agentOf(agents: Map<string, AgentFacts>, id: string): AgentFacts {
  const found = agents.get(id);
  if (found) return found;
  const made: AgentFacts = {
    ...{ id, name: id, createdAt: null, removedAt: null, isPaused: false, limit: null },
    switches: new Map(),
    remembered: new Map(),
  };
  agents.set(id, made);
  return made;
}

function applyToAgent(agent: AgentFacts, row: AuditRow): void {
  const details = row.details ?? {};
  agent.name = row.agentName ?? agent.name;
  switch (row.event) {
    case 'agent.created':
      agent.createdAt = row.at;
      setSwitch(agent, '*', '*', details.defaultEffect);
      return;
    case 'agent.changed':
      agent.name = textOf(details.name) ?? agent.name;
      agent.limit = textOf(details.limit);
      return;
    case 'agent.removed':
      agent.removedAt = row.at;
      return;
    case 'agent.restored':
      agent.removedAt = null;
      return;
    case 'agent.paused':
    case 'agent.resumed':
      agent.isPaused = row.event === 'agent.paused';
      return;
    case 'grant.changed':
      setSwitch(agent, textOf(details.server) ?? '*', textOf(details.tool) ?? '*', details.effect);
      return;
    default:
      applyRemembered(agent, row, details);
  }
}

function applyRemembered(agent: AgentFacts, row: AuditRow, details: JsonObject): void {
  const id = textOf(details.grantId);
  if (id === null) return;
  const known = agent.remembered.get(id);
  if (row.event === 'grant.remembered') {
    const expiresAt = typeof details.expiresAt === 'number' ? details.expiresAt : null;
    const summary = textOf(details.summary) ?? '';
    agent.remembered.set(id, { id, server: row.serverId ?? '', tool: row.tool ?? '', summary, expiresAt });
  } else if (row.event === 'grant.shortened' && known && typeof details.to === 'number') {
    agent.remembered.set(id, { ...known, expiresAt: details.to });
  } else if (row.event === 'grant.ended' || row.event === 'grant.expired') agent.remembered.delete(id);
}

function setSwitch(agent: AgentFacts, server: string, tool: string, effect: JsonValue | undefined): void {
  const key = JSON.stringify([server, tool]);
  const text = textOf(effect);
  if (text === null) agent.switches.delete(key);
  else agent.switches.set(key, { server, tool, effect: text });
}

function applyPolicy(
  details: JsonObject,
  entries: Record<'rule' | 'never', Map<string, JsonObject>>,
  tiers: Map<string, Permissions['tiers'][number]>,
): void {
  const { kind, id, after } = details;
  if ((kind === 'rule' || kind === 'never') && typeof id === 'string') {
    if (isObject(after)) entries[kind].set(id, after);
    else entries[kind].delete(id);
  } else if (kind === 'risk') {
    const server = textOf(details.serverId) ?? '';
    const tool = textOf(details.tool) ?? '';
    const key = JSON.stringify([server, tool]);
    const tier = textOf(after);
    if (tier === null) tiers.delete(key);
    else tiers.set(key, { server, tool, tier });
  }
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
