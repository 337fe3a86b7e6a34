import { stringify } from 'yaml';
import {
  type ArgumentCondition,
  anything,
  type ConditionOp,
  conditionOps,
  type NeverEntry,
  neverEntrySchema,
  type PolicyChange,
  type RateLimit,
  type Rule,
  ruleSchema,
} from '../shared/index.ts';
import { compileCondition } from './core/compile-condition.ts';
import type { PolicyBook } from './core/policy-book.ts';
import { type ConfigProblem, parseYaml, type YamlDocument, type YamlPath } from './yaml-document.ts';

/** Names of agents, both ways. A name two agents share, and an agent that is gone, is written by id. */
export interface AgentNames {
  nameOf(id: string): string | null;
  /** Null: none, or more than one. */
  idOf(name: string): string | null;
}

/** Rules and never-list as text that `readPolicyYaml` gives back unchanged. */
export function writePolicyYaml(book: PolicyBook, agents: AgentNames): string {
  const never = [...book.never.values()].sort(byId).map(describeNever);
  const rules = [...book.rules.values()]
    .map(({ rule }) => rule)
    .sort(byId)
    .map((rule) => describeRule(rule, agents));
  const text = stringify({ version: 1, never, rules }, { lineWidth: 0, defaultStringType: 'PLAIN', schema: 'core' });
  return `# ScopeGate rules. effect is allow, ask or deny; the order of rules does not matter.\n${text}`;
}

export type ReadPolicy = { ok: true; rules: Rule[]; never: NeverEntry[] } | { ok: false; problems: ConfigProblem[] };

/** Reads a rule set whole or not at all; every problem names its line and column, counted from 1. */
export function readPolicyYaml(text: string, agents: AgentNames): ReadPolicy {
  const document = parseYaml(text);
  if (document.problems.length > 0) return { ok: false, problems: document.problems };
  const problems: ConfigProblem[] = [];
  const reader = new Reader(document, agents, problems);
  const read = reader.policy(document.value);
  if (problems.length > 0)
    return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  return { ok: true, ...read };
}

/** What turns a book into what a text says. `replace` removes what the text does not name. */
export function importChanges(
  book: PolicyBook,
  read: { rules: readonly Rule[]; never: readonly NeverEntry[] },
  mode: 'merge' | 'replace',
): PolicyChange[] {
  const changes: PolicyChange[] = [];
  const same = (a: unknown, b: unknown) => JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b));
  if (mode === 'replace') {
    const rules = new Set(read.rules.map((rule) => rule.id));
    const never = new Set(read.never.map((entry) => entry.id));
    for (const id of book.rules.keys()) if (!rules.has(id)) changes.push({ kind: 'rule', id, value: null });
    for (const id of book.never.keys()) if (!never.has(id)) changes.push({ kind: 'never', id, value: null });
  }
  for (const rule of read.rules)
    if (!same(book.rules.get(rule.id)?.rule, rule)) changes.push({ kind: 'rule', id: rule.id, value: rule });
  for (const entry of read.never)
    if (!same(book.never.get(entry.id), entry)) changes.push({ kind: 'never', id: entry.id, value: entry });
  return changes;
}

/** One rule as it stands in an export, for a diff. */
export function ruleText(value: Rule | NeverEntry, agents: AgentNames): string {
  const described = 'effect' in value ? describeRule(value, agents) : describeNever(value);
  return stringify(described, { lineWidth: 0, schema: 'core' });
}

const yamlKeys: Readonly<Record<ConditionOp, string>> = {
  is: 'is',
  isOneOf: 'is_one_of',
  startsWith: 'starts_with',
  endsWith: 'ends_with',
  contains: 'contains',
  pathInside: 'path_inside',
  hostIs: 'host_is',
  hostUnder: 'host_under',
  numberAtMost: 'at_most',
  numberAtLeast: 'at_least',
  lengthAtMost: 'length_at_most',
  isAbsent: 'absent',
  isPresent: 'present',
  matches: 'matches',
};
const opOfKey = new Map(conditionOps.map((op) => [yamlKeys[op], op]));

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function describeRule(rule: Rule, agents: AgentNames): Record<string, unknown> {
  const name = rule.agent === anything ? anything : agents.nameOf(rule.agent);
  const isNamed = name === anything ? rule.agent === anything : name !== null && agents.idOf(name) === rule.agent;
  return {
    id: rule.id,
    name: rule.name,
    effect: rule.effect,
    ...(isNamed ? { agent: name } : { agent_id: rule.agent }),
    server: rule.server,
    tool: rule.tool,
    ...(rule.conditions.length > 0 ? { when: rule.conditions.map(describeCondition) } : {}),
    ...(rule.limit ? { limit: `${rule.limit.count}/${rule.limit.per}` } : {}),
    ...(rule.expiresAt === null ? {} : { expires: new Date(rule.expiresAt).toISOString() }),
    ...(rule.enabled ? {} : { enabled: false }),
  };
}

function describeNever({ id, name, server, tool, conditions }: NeverEntry): Record<string, unknown> {
  return { id, name, server, tool, ...(conditions.length > 0 ? { when: conditions.map(describeCondition) } : {}) };
}

function describeCondition(condition: ArgumentCondition): Record<string, unknown> {
  const value = 'values' in condition ? condition.values : 'value' in condition ? condition.value : true;
  return { argument: condition.argument, [yamlKeys[condition.op]]: value };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sortKeys(member)]),
  );
}

const topKeys = ['version', 'never', 'rules'];
const neverKeys = ['id', 'name', 'server', 'tool', 'when'];
const ruleKeys = ['id', 'name', 'effect', 'agent', 'agent_id', 'server', 'tool', 'when', 'limit', 'expires', 'enabled'];
const conditionKeys = ['argument', ...opOfKey.keys()];

type Mapping = Record<string, unknown>;

/** More help nobody: a huge file that is wrong throughout must not take the engine's time to say so. */
const maxProblems = 100;

/** Walks the parsed value and notes every problem at its place; what it returns counts only when there is none. */
class Reader {
  readonly #document: YamlDocument;
  readonly #agents: AgentNames;
  readonly #problems: ConfigProblem[];

  constructor(document: YamlDocument, agents: AgentNames, problems: ConfigProblem[]) {
    this.#document = document;
    this.#agents = agents;
    this.#problems = problems;
  }

  policy(value: unknown): { rules: Rule[]; never: NeverEntry[] } {
    const top = this.#mapping(value, [], topKeys);
    if (!top) return { rules: [], never: [] };
    if (top.version !== 1) this.#fail(['version'], 'expected version: 1');
    const ids = new Map<string, YamlPath>();
    const never = this.#list(top.never, ['never']).flatMap((entry, at) => this.#never(entry, ['never', at], ids));
    const rules = this.#list(top.rules, ['rules']).flatMap((entry, at) => this.#rule(entry, ['rules', at], ids));
    return { rules, never };
  }

  #never(value: unknown, at: YamlPath, ids: Map<string, YamlPath>): NeverEntry[] {
    const entry = this.#mapping(value, at, neverKeys);
    if (!entry) return [];
    const { id, name, server, tool } = entry;
    this.#checkId(id, at, ids);
    const conditions = this.#conditions(entry.when, [...at, 'when']);
    const parsed = neverEntrySchema.safeParse({ id, name, server, tool, conditions });
    if (parsed.success) return this.#working(parsed.data, at);
    this.#failIssues(parsed.error.issues, at);
    return [];
  }

  #rule(value: unknown, at: YamlPath, ids: Map<string, YamlPath>): Rule[] {
    const entry = this.#mapping(value, at, ruleKeys);
    if (!entry) return [];
    const { id, name, effect, server, tool, enabled = true } = entry;
    this.#checkId(id, at, ids);
    const parsed = ruleSchema.safeParse({
      id,
      name,
      enabled,
      effect,
      agent: this.#agent(entry, at),
      server,
      tool,
      conditions: this.#conditions(entry.when, [...at, 'when']),
      limit: this.#limit(entry.limit, [...at, 'limit']),
      expiresAt: this.#time(entry.expires, [...at, 'expires']),
    });
    if (parsed.success) return this.#working(parsed.data, at);
    this.#failIssues(parsed.error.issues, at);
    return [];
  }

  /** A condition that cannot work (a bad pattern, host or folder) is a problem of the text, not a fault later. */
  #working<T extends Rule | NeverEntry>(value: T, at: YamlPath): T[] {
    value.conditions.forEach((condition, index) => {
      try {
        compileCondition(condition);
      } catch (error) {
        this.#fail([...at, 'when', index], error instanceof Error ? error.message : 'this condition cannot be used');
      }
    });
    return [value];
  }

  #agent(entry: Mapping, at: YamlPath): string {
    if ('agent' in entry === 'agent_id' in entry) {
      this.#fail(at, 'a rule needs agent (a name, or "*" for every agent), or else agent_id');
      return anything;
    }
    if ('agent_id' in entry)
      return typeof entry.agent_id === 'string' ? entry.agent_id : this.#badAgent(at, 'agent_id');
    if (typeof entry.agent !== 'string') return this.#badAgent(at, 'agent');
    if (entry.agent === anything) return anything;
    const id = this.#agents.idOf(entry.agent);
    if (id !== null) return id;
    this.#fail([...at, 'agent'], `there is no agent called "${entry.agent}", or more than one`);
    return anything;
  }

  #badAgent(at: YamlPath, key: string): string {
    this.#fail([...at, key], 'expected text');
    return anything;
  }

  #conditions(value: unknown, at: YamlPath): ArgumentCondition[] {
    if (value === undefined) return [];
    return this.#list(value, at).flatMap((entry, index) => this.#condition(entry, [...at, index]));
  }

  #condition(value: unknown, at: YamlPath): ArgumentCondition[] {
    const entry = this.#mapping(value, at, conditionKeys);
    if (!entry) return [];
    const keys = Object.keys(entry).filter((key) => opOfKey.has(key));
    const [key] = keys;
    const op = key === undefined ? undefined : opOfKey.get(key);
    if (keys.length !== 1 || key === undefined || op === undefined) {
      this.#fail(at, `a condition has an argument and exactly one of ${[...opOfKey.keys()].join(', ')}`);
      return [];
    }
    const needsTrue = op === 'isAbsent' || op === 'isPresent';
    if (needsTrue && entry[key] !== true) this.#fail([...at, key], 'expected true');
    const operand = needsTrue ? {} : op === 'isOneOf' ? { values: entry[key] } : { value: entry[key] };
    // the schema of one condition stands inside that of a rule; a rule around it reports the same problems
    return [{ argument: entry.argument, op, ...operand } as ArgumentCondition];
  }

  #limit(value: unknown, at: YamlPath): RateLimit | null {
    if (value === undefined) return null;
    const match = typeof value === 'string' ? /^([1-9]\d{0,6})\/(s|min|h)$/.exec(value) : null;
    if (!match) {
      this.#fail(at, 'expected N/s, N/min or N/h, for example 10/min');
      return null;
    }
    return { count: Number(match[1]), per: match[2] as RateLimit['per'] };
  }

  #time(value: unknown, at: YamlPath): number | null {
    if (value === undefined) return null;
    const isTime = typeof value === 'string' && /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(value);
    const time = isTime ? Date.parse(value) : Number.NaN;
    if (Number.isFinite(time)) return time;
    this.#fail(at, 'expected a time such as 2026-12-31T18:00:00Z');
    return null;
  }

  #checkId(id: unknown, at: YamlPath, ids: Map<string, YamlPath>): void {
    if (typeof id !== 'string') return;
    if (ids.has(id)) this.#fail([...at, 'id'], `the id "${id}" stands here twice; each rule needs its own`);
    ids.set(id, at);
  }

  #list(value: unknown, at: YamlPath): unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.#fail(at, 'expected a list');
    return [];
  }

  #mapping(value: unknown, at: YamlPath, allowed: readonly string[]): Mapping | null {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#fail(at, 'expected a mapping of keys to values');
      return null;
    }
    for (const key of Object.keys(value)) {
      if (allowed.includes(key)) continue;
      const message = `unknown key "${key}"; allowed here: ${allowed.join(', ')}`;
      if (this.#problems.length < maxProblems) this.#problems.push(this.#document.atKey([...at, key], message));
    }
    return value as Mapping;
  }

  #failIssues(issues: readonly { path: PropertyKey[]; message: string }[], at: YamlPath): void {
    for (const { path, message } of issues) {
      const place = path[0] === 'conditions' ? ['when', path[1] ?? 0] : path.slice(0, 1);
      const about = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
      this.#fail([...at, ...place], `${about}${message}`);
    }
  }

  #fail(at: YamlPath, message: string): void {
    if (this.#problems.length < maxProblems) this.#problems.push(this.#document.at(at, message));
  }
}
