import type { AgentPolicySettings, NeverEntry, PolicyChange, RiskTier } from '../../shared/index.ts';
import type { BrokenRule, StoredRule } from './compile-policy.ts';

/** Everything a person writes as policy beyond the switches; immutable. */
export interface PolicyBook {
  rules: ReadonlyMap<string, StoredRule>;
  never: ReadonlyMap<string, NeverEntry>;
  broken: readonly BrokenRule[];
  /** By `server NUL tool`. */
  risks: ReadonlyMap<string, { serverId: string; tool: string; tier: RiskTier }>;
  agents: ReadonlyMap<string, AgentPolicySettings>;
}

/** Of agents nobody set anything for. */
export const defaultAgentSettings: AgentPolicySettings = {
  preset: null,
  loop: { count: 5, seconds: 10 },
  flowGuard: true,
};

/** Of agents declared in a file: scripts repeat themselves on purpose, and what is not declared is not done. */
export const declaredAgentSettings: AgentPolicySettings = { preset: null, loop: null, flowGuard: false };

/**
 * A book with these changes in it, and the changes that take them back, in the order that does. A rule that is written
 * counts as confirmed at `now` (milliseconds since the epoch). Pure: drafts use it as well as the engine.
 */
export function applyChanges(
  book: PolicyBook,
  changes: readonly PolicyChange[],
  now: number,
): { book: PolicyBook; previous: PolicyChange[] } {
  const rules = new Map(book.rules);
  const never = new Map(book.never);
  const risks = new Map(book.risks);
  const agents = new Map(book.agents);
  let broken = book.broken;
  const previous: PolicyChange[] = [];
  for (const change of changes) {
    switch (change.kind) {
      case 'rule':
        previous.unshift({ kind: 'rule', id: change.id, value: rules.get(change.id)?.rule ?? null });
        if (change.value) rules.set(change.id, { rule: change.value, confirmedAt: now });
        else rules.delete(change.id);
        broken = broken.filter((one) => one.id !== change.id);
        break;
      case 'never':
        previous.unshift({ kind: 'never', id: change.id, value: never.get(change.id) ?? null });
        if (change.value) never.set(change.id, change.value);
        else never.delete(change.id);
        broken = broken.filter((one) => one.id !== change.id);
        break;
      case 'risk': {
        const key = `${change.serverId}\0${change.tool}`;
        const { serverId, tool } = change;
        previous.unshift({ kind: 'risk', serverId, tool, value: risks.get(key)?.tier ?? null });
        if (change.value) risks.set(key, { serverId, tool, tier: change.value });
        else risks.delete(key);
        break;
      }
      case 'agent':
        previous.unshift({ kind: 'agent', agentId: change.agentId, value: agents.get(change.agentId) ?? null });
        if (change.value) agents.set(change.agentId, change.value);
        else agents.delete(change.agentId);
        break;
    }
  }
  return { book: { rules, never, broken, risks, agents }, previous };
}

/** Why these changes cannot be written as they are; null when they can. */
export function findConflict(book: PolicyBook, changes: readonly PolicyChange[]): string | null {
  for (const change of changes) {
    if (change.kind !== 'rule' && change.kind !== 'never') continue;
    if (change.value && change.value.id !== change.id) return `The id of “${change.value.name}” is not ${change.id}.`;
  }
  const { book: after } = applyChanges(book, changes, 0);
  const twice = [...after.never.keys()].find((id) => after.rules.has(id));
  return twice === undefined ? null : `${twice} is the id of a rule and of a never-list entry; each needs its own.`;
}
