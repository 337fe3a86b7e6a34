import {
  type ArgumentCondition,
  anything,
  type LintFinding,
  parseArgumentPath,
  type Rule,
} from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { compileCondition } from './compile-condition.ts';
import { compileNamePattern } from './name-pattern.ts';
import { noPaths } from './path-inside.ts';
import type { PolicyBook } from './policy-book.ts';

/** What exists for rules to be about. */
export interface KnownWorld {
  agents: ReadonlySet<string>;
  servers: readonly string[];
  tools: readonly { serverId: string; name: string; tierRoseAt: number | null }[];
  /** Milliseconds since the epoch. */
  now: number;
}

/** A rule or never-list entry as far as its scope goes. */
interface Scoped {
  id: string;
  name: string;
  agent: string;
  server: string;
  tool: string;
  conditions: readonly ArgumentCondition[];
}

const effectWords = { allow: 'allows', ask: 'asks', deny: 'blocks' } as const;
const strength = { allow: 0, ask: 1, deny: 2 } as const;

/** A rule with what is compared again and again, made once. */
interface Prepared extends Scoped {
  effect: Rule['effect'];
  expiresAt: number | null;
  keys: readonly string[];
  has: ReadonlySet<string>;
  fitsServer(name: string): boolean;
  fitsTool(name: string): boolean;
}

/** Rules that never match, never decide, have ended, or reach further than they look. Most telling finding of each rule. */
export function lintRules(book: PolicyBook, known: KnownWorld): LintFinding[] {
  const stored = [...book.rules.values()].filter(({ rule }) => rule.enabled);
  const rules = stored.map(({ rule }) => prepare(rule, rule.effect, rule.expiresAt));
  const never = [...book.never.values()].map((entry) => prepare({ ...entry, agent: anything }, 'deny', null));
  const offers = makeOffers(known);
  const findings: LintFinding[] = [];
  for (const [index, { rule, confirmedAt }] of stored.entries()) {
    const prepared = rules[index];
    const found =
      findExpired(rule, known) ??
      findDead(rule, known, offers) ??
      (prepared ? findOpposite(prepared, rules, known) : null) ??
      (prepared ? findShadow(prepared, rules, never, known) : null) ??
      findSuspended(rule, confirmedAt, known) ??
      findBroad(rule);
    if (found) findings.push(found);
  }
  for (const entry of never) {
    const found = findDead(entry, known, offers);
    if (found) findings.push(found);
  }
  return findings;
}

function prepare(rule: Scoped, effect: Rule['effect'], expiresAt: number | null): Prepared {
  const keys = rule.conditions.map((condition) => JSON.stringify(condition));
  const fitsServer = compileNamePattern(rule.server);
  const fitsTool = compileNamePattern(rule.tool);
  const { id, name, agent, server, tool, conditions } = rule;
  return {
    id,
    name,
    agent,
    server,
    tool,
    conditions,
    effect,
    expiresAt,
    keys,
    has: new Set(keys),
    fitsServer,
    fitsTool,
  };
}

/** Whether a scope has a server and a tool; looked up once for each pair of patterns. */
type Offers = (server: string, tool: string) => 'no server' | 'no tool' | 'some';

function makeOffers(known: KnownWorld): Offers {
  const found = new Map<string, ReturnType<Offers>>();
  return (server, tool) => {
    const key = `${server}\0${tool}`;
    const before = found.get(key);
    if (before) return before;
    const fitsServer = compileNamePattern(server);
    const fitsTool = compileNamePattern(tool);
    const offered = known.tools.filter((one) => fitsServer(one.serverId));
    const hasTool = offered.length === 0 || offered.some((one) => fitsTool(one.name));
    const answer = !known.servers.some(fitsServer) ? 'no server' : hasTool ? 'some' : 'no tool';
    found.set(key, answer);
    return answer;
  };
}

/** Tools for which an Allow rule is older than the last rise of their tier. */
export function suspendedTools(
  rule: Rule,
  confirmedAt: number,
  known: KnownWorld,
): { serverId: string; tool: string }[] {
  const risen =
    rule.effect === 'allow'
      ? known.tools.filter(({ tierRoseAt }) => tierRoseAt !== null && confirmedAt < tierRoseAt)
      : [];
  if (risen.length === 0) return [];
  const fitsServer = compileNamePattern(rule.server);
  const fitsTool = compileNamePattern(rule.tool);
  return risen
    .filter(({ serverId, name }) => fitsServer(serverId) && fitsTool(name))
    .map(({ serverId, name }) => ({ serverId, tool: name }));
}

function finding(
  kind: LintFinding['kind'],
  ruleId: string,
  message: string,
  byRuleId: string | null = null,
): LintFinding {
  return { kind, ruleId, message, byRuleId };
}

function findExpired(rule: Rule, { now }: KnownWorld): LintFinding | null {
  return rule.expiresAt !== null && rule.expiresAt <= now
    ? finding('expired', rule.id, `“${rule.name}” has ended and does nothing any more.`)
    : null;
}

function findDead(rule: Scoped, known: KnownWorld, offers: Offers): LintFinding | null {
  const dead = (why: string) => finding('dead', rule.id, `“${rule.name}” never matches: ${why}`);
  if (rule.agent !== anything && !known.agents.has(rule.agent)) return dead('its agent does not exist.');
  const offered = offers(rule.server, rule.tool);
  if (offered === 'no server') return dead(`there is no server “${rule.server}”.`);
  if (offered === 'no tool') return dead(`there is no tool “${rule.tool}”.`);
  const contradiction = findContradiction(rule.conditions);
  return contradiction ? dead(contradiction) : null;
}

function findContradiction(conditions: readonly ArgumentCondition[]): string | null {
  for (const first of conditions) {
    const others = conditions.filter((other) => other !== first && other.argument === first.argument);
    if (first.op === 'isAbsent' && others.some((other) => other.op !== 'isAbsent'))
      return `${first.argument} cannot be absent and something else at once.`;
    if (first.op === 'numberAtLeast') {
      const lower = others.find((other) => other.op === 'numberAtMost' && other.value < first.value);
      if (lower) return `no number is at least ${first.value} and at most less than that.`;
    }
    const values = first.op === 'is' ? [first.value] : first.op === 'isOneOf' ? first.values : null;
    if (values?.every((value) => others.some((other) => refuses(other, value))))
      return `its conditions on ${first.argument} exclude each other.`;
  }
  return null;
}

/** Whether a condition surely does not hold for a value; what depends on the file system is never sure. */
function refuses(condition: ArgumentCondition, value: JsonValue): boolean {
  const path = parseArgumentPath(condition.argument);
  const args = path ? wrap(path, value) : null;
  if (!args) return false;
  try {
    return compileCondition(condition).test({ arguments: args, inputSchema: undefined, paths: noPaths }) === 'no';
  } catch {
    return false;
  }
}

/** Arguments in which a value stands at a path of names; null for paths through lists. */
function wrap(path: readonly unknown[], value: JsonValue): JsonObject | null {
  let inner: JsonValue = value;
  for (const part of [...path].reverse()) {
    if (typeof part !== 'string') return null;
    inner = { [part]: inner };
  }
  return inner as JsonObject;
}

/** Two rules about exactly the same calls with different effects: found on the weaker one, which never decides. */
function findOpposite(rule: Prepared, rules: readonly Prepared[], { now }: KnownWorld): LintFinding | null {
  const other = rules.find(
    (candidate) =>
      strength[candidate.effect] > strength[rule.effect] &&
      !(candidate.expiresAt !== null && candidate.expiresAt <= now) &&
      isSameScope(candidate, rule),
  );
  if (!other) return null;
  const until = other.expiresAt !== null && other.expiresAt !== rule.expiresAt ? ' while it lasts' : '';
  const message = `“${rule.name}” ${effectWords[rule.effect]} exactly the calls that “${other.name}” ${effectWords[other.effect]}, and “${other.name}” wins${until}.`;
  return finding('contradictory', rule.id, message, other.id);
}

function isSameScope(one: Prepared, other: Prepared): boolean {
  return (
    one.agent === other.agent &&
    one.server === other.server &&
    one.tool === other.tool &&
    one.has.size === other.has.size &&
    one.keys.every((key) => other.has.has(key))
  );
}

function findShadow(
  rule: Prepared,
  rules: readonly Prepared[],
  never: readonly Prepared[],
  known: KnownWorld,
): LintFinding | null {
  const forbidden = never.find((entry) => covers(entry, rule));
  if (forbidden)
    return finding(
      'shadowed',
      rule.id,
      `“${rule.name}” never decides: “${forbidden.name}” is on the never-list.`,
      forbidden.id,
    );
  const other = rules.find(
    (candidate) =>
      candidate.id !== rule.id &&
      strength[candidate.effect] > strength[rule.effect] &&
      !(candidate.expiresAt !== null && candidate.expiresAt <= known.now) &&
      (candidate.expiresAt === null || (rule.expiresAt !== null && candidate.expiresAt >= rule.expiresAt)) &&
      covers(candidate, rule),
  );
  if (!other) return null;
  const message = `“${rule.name}” never decides: “${other.name}” always ${effectWords[other.effect]} first.`;
  return finding('shadowed', rule.id, message, other.id);
}

/** Every call the narrow rule matches is one the wide rule matches. Never claims it in doubt. */
function covers(wide: Prepared, narrow: Prepared): boolean {
  if (wide.agent !== anything && wide.agent !== narrow.agent) return false;
  const isServerWider =
    wide.server === anything ||
    wide.server === narrow.server ||
    (!narrow.server.includes(anything) && wide.fitsServer(narrow.server));
  if (!isServerWider) return false;
  const isToolWider =
    wide.tool === anything ||
    wide.tool === narrow.tool ||
    (!narrow.tool.includes(anything) && wide.fitsTool(narrow.tool));
  return isToolWider && wide.keys.every((key) => narrow.has.has(key));
}

function findSuspended(rule: Rule, confirmedAt: number, known: KnownWorld): LintFinding | null {
  const [first] = suspendedTools(rule, confirmedAt, known);
  if (!first) return null;
  const tool = `${first.serverId}: ${first.tool}`;
  const message = `“${rule.name}” is suspended for ${tool}, which has become more dangerous. Save the rule again to confirm it.`;
  return finding('suspended', rule.id, message);
}

function findBroad(rule: Rule): LintFinding | null {
  const isBroad = rule.effect === 'allow' && rule.conditions.length === 0 && rule.tool === anything;
  if (!isBroad || (rule.agent !== anything && rule.server !== anything)) return null;
  return finding('broad', rule.id, `“${rule.name}” allows very much: every tool, with any arguments.`);
}
