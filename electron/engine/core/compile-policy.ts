import type { LiveGrant, NeverEntry, PolicyFault, Rule } from '../../shared/index.ts';
import { anything, parseArgumentPath } from '../../shared/index.ts';
import { type CompiledCondition, type ConditionFacts, compileCondition } from './compile-condition.ts';
import { compileNamePattern } from './name-pattern.ts';
import { both, type Verdict } from './verdict.ts';

/** A rule as it is stored: with the time a person last saved it. */
export interface StoredRule {
  rule: Rule;
  /** Milliseconds since the epoch. Allow rules from before a tool's tier rose do not count for that tool. */
  confirmedAt: number;
}

/** A stored rule or entry that cannot be read. It blocks whatever may have been its scope. */
export interface BrokenRule {
  id: string;
  /** `*` where that could not be read. */
  agent: string;
  server: string;
  tool: string;
  message: string;
}

/** What policy is made from, beyond the switches. */
export interface PolicySource {
  rules: readonly StoredRule[];
  never: readonly NeverEntry[];
  broken: readonly BrokenRule[];
  grants: readonly LiveGrant[];
}

export const emptySource: PolicySource = { rules: [], never: [], broken: [], grants: [] };

/** A rule or never-list entry, ready to be tested. */
export interface CompiledRule {
  id: string;
  name: string;
  effect: Rule['effect'];
  kind: 'rule' | 'never';
  /** An agent's id or `*`. */
  agent: string;
  expiresAt: number | null;
  confirmedAt: number;
  limit: Rule['limit'];
  conditions: readonly CompiledCondition[];
  /** The top-level arguments its conditions look at. */
  roots: readonly string[];
  fits(serverId: string, tool: string): boolean;
}

/** The rules in whose scope one (agent, server, tool) lies. */
export interface Candidates {
  never: readonly CompiledRule[];
  deny: readonly CompiledRule[];
  ask: readonly CompiledRule[];
  allow: readonly CompiledRule[];
  grants: readonly LiveGrant[];
  /** Conditions of those grants that look at the file system. */
  grantPaths: readonly { conditions: readonly CompiledCondition[] }[];
  /** Some condition among all of these looks at the file system. */
  needsPaths: boolean;
}

/** All rules, looked up by (agent, server, tool). Immutable but for what it remembers of past look-ups. */
export interface CompiledPolicy {
  candidates(agentId: string, serverId: string, tool: string): Candidates;
  /** Whether a rule or a remembered approval ends after `from` and not after `to`, so that decisions may differ. */
  lapses(from: number, to: number): boolean;
  /** Every rule that works, for limits. */
  rules: ReadonlyMap<string, CompiledRule>;
  faults: readonly PolicyFault[];
}

/** Looked-up combinations remembered at most; real ones are agents × tools. */
const maxRemembered = 20_000;
const none: Candidates = { never: [], deny: [], ask: [], allow: [], grants: [], grantPaths: [], needsPaths: false };

/**
 * Compiles rules into an index. Total: what does not compile becomes a Block on its scope and a fault that says why.
 * `at` (milliseconds since the epoch) is only the time written on faults.
 */
export function compilePolicy(source: PolicySource, at: number): CompiledPolicy {
  const faults: PolicyFault[] = [];
  const compiled: CompiledRule[] = [];
  for (const broken of source.broken) {
    faults.push({ ruleId: broken.id, message: broken.message, at });
    compiled.push(blockScope(broken));
  }
  for (const stored of source.rules) if (stored.rule.enabled) compiled.push(compileStored(stored, faults, at));
  for (const entry of source.never) compiled.push(compileNever(entry, faults, at));

  const byAgent = new Map<string, CompiledRule[]>();
  for (const rule of compiled) {
    const same = byAgent.get(rule.agent);
    if (same) same.push(rule);
    else byAgent.set(rule.agent, [rule]);
  }
  const grants = new Map<string, LiveGrant[]>();
  for (const grant of source.grants) {
    const key = keyOf(grant.agentId, grant.serverId, grant.tool);
    grants.set(key, [...(grants.get(key) ?? []), grant]);
  }
  const ends = [...compiled, ...source.grants].flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
  const remembered = new Map<string, Candidates>();
  return {
    lapses: (from, to) => ends.some((end) => end > from && end <= to),
    rules: new Map(compiled.map((rule) => [rule.id, rule])),
    faults,
    candidates(agentId, serverId, tool) {
      const key = keyOf(agentId, serverId, tool);
      const known = remembered.get(key);
      if (known) return known;
      const inScope = [...(byAgent.get(anything) ?? []), ...(byAgent.get(agentId) ?? [])].filter((rule) =>
        rule.fits(serverId, tool),
      );
      const found = sortOut(inScope, grants.get(key) ?? []);
      if (remembered.size >= maxRemembered) remembered.clear();
      remembered.set(key, found);
      return found;
    },
  };
}

/** Whether a compiled rule matches a call: all of its conditions, in three values. */
export function matchRule(rule: CompiledRule, facts: ConditionFacts): Verdict {
  let verdict: Verdict = 'yes';
  for (const condition of rule.conditions) {
    verdict = both(verdict, condition.test(facts));
    if (verdict === 'no') return 'no';
  }
  return verdict;
}

export function isExpired(rule: { expiresAt: number | null }, at: number): boolean {
  return rule.expiresAt !== null && rule.expiresAt <= at;
}

function sortOut(rules: readonly CompiledRule[], grants: readonly LiveGrant[]): Candidates {
  if (rules.length === 0 && grants.length === 0) return none;
  const of = (effect: Rule['effect']) => rules.filter((rule) => rule.kind === 'rule' && rule.effect === effect);
  const grantPaths = grants.map(pathConditionsOf).filter(({ conditions }) => conditions.length > 0);
  return {
    never: rules.filter((rule) => rule.kind === 'never'),
    deny: of('deny'),
    ask: of('ask'),
    allow: of('allow'),
    grants,
    grantPaths,
    needsPaths:
      grantPaths.length > 0 || rules.some((rule) => rule.conditions.some((condition) => condition.paths !== null)),
  };
}

function pathConditionsOf(grant: LiveGrant): { conditions: readonly CompiledCondition[] } {
  if (grant.match.kind !== 'pattern') return { conditions: [] };
  try {
    return { conditions: grant.match.conditions.filter(({ op }) => op === 'pathInside').map(compileCondition) };
  } catch {
    // it fits nothing, see fitsGrant
    return { conditions: [] };
  }
}

function compileStored(stored: StoredRule, faults: PolicyFault[], at: number): CompiledRule {
  const { rule, confirmedAt } = stored;
  const { id, name, effect, expiresAt, limit, agent, server, tool } = rule;
  const conditions = compileConditions(rule, faults, at);
  if (!conditions) return blockScope({ id, agent, server, tool, message: '' }, name);
  return {
    id,
    name,
    effect,
    kind: 'rule',
    agent,
    expiresAt,
    confirmedAt,
    limit,
    conditions,
    roots: rootsOf(rule),
    fits: scopeOf(server, tool),
  };
}

function compileNever(entry: NeverEntry, faults: PolicyFault[], at: number): CompiledRule {
  const { id, name, server, tool } = entry;
  // an entry that does not compile blocks its whole scope, which is what its conditions could at most have meant
  const conditions = compileConditions(entry, faults, at) ?? [];
  return {
    id,
    name,
    effect: 'deny',
    kind: 'never',
    agent: anything,
    expiresAt: null,
    confirmedAt: 0,
    limit: null,
    conditions,
    roots: rootsOf(entry),
    fits: scopeOf(server, tool),
  };
}

function compileConditions(
  rule: Pick<Rule, 'id' | 'conditions'>,
  faults: PolicyFault[],
  at: number,
): CompiledCondition[] | null {
  try {
    return rule.conditions.map(compileCondition);
  } catch (error) {
    faults.push({ ruleId: rule.id, message: error instanceof Error ? error.message : 'The rule cannot be used.', at });
    return null;
  }
}

function blockScope(broken: BrokenRule, name = broken.id): CompiledRule {
  return {
    id: broken.id,
    name,
    effect: 'deny',
    kind: 'rule',
    agent: broken.agent,
    expiresAt: null,
    confirmedAt: 0,
    limit: null,
    conditions: [],
    roots: [],
    fits: scopeOf(broken.server, broken.tool),
  };
}

function rootsOf(rule: Pick<Rule, 'conditions'>): string[] {
  return rule.conditions.map(({ argument }) => String(parseArgumentPath(argument)?.[0] ?? ''));
}

function scopeOf(server: string, tool: string): CompiledRule['fits'] {
  const fitsServer = compileNamePattern(server);
  const fitsTool = compileNamePattern(tool);
  return (serverId, name) => fitsServer(serverId) && fitsTool(name);
}

function keyOf(agentId: string, serverId: string, tool: string): string {
  return `${agentId}\0${serverId}\0${tool}`;
}
