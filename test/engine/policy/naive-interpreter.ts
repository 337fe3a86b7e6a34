import type { ArgumentCondition, Effect, LiveGrant, NeverEntry, Rule } from '../../../electron/shared/index.ts';

/**
 * A second reading of the semantics of policy, written from the document and not from the product's code: slow, direct,
 * one rule after the other, on the rules as they are stored. The product is compared with it.
 */
export interface NaiveWorld {
  paused: boolean;
  agentPaused: boolean;
  agentKnown: boolean;
  own: Effect | null;
  server: Effect | null;
  start: Effect | null;
  rules: { rule: Rule; confirmedAt: number }[];
  never: NeverEntry[];
  grants: LiveGrant[];
}

export interface NaiveRequest {
  agent: string;
  server: string;
  tool: string;
  reviewed: boolean;
  roseAt: number | null;
  suspicious: boolean;
  arguments: Record<string, unknown>;
  digest: string;
  required: string[];
  tierRaised: boolean;
  at: number;
}

type Answer = 'true' | 'false' | 'doubt';

export function interpret(world: NaiveWorld, request: NaiveRequest): Effect {
  // 1
  if (world.paused || !world.agentKnown || world.agentPaused) return 'deny';
  // 2
  for (const entry of world.never)
    if (inScope({ ...entry, agent: '*' }, request) && conditionsOf(entry, request) !== 'false') return 'deny';
  for (const { rule } of world.rules) if (applies(rule, 'deny', request)) return 'deny';
  if (world.own === 'deny') return 'deny';
  // 4 to 7 first, because 3 may only narrow
  const rest = remaining(world, request);
  // 3
  if (rest !== 'deny' && (!request.reviewed || request.suspicious)) return 'ask';
  return rest;
}

function remaining(world: NaiveWorld, request: NaiveRequest): Effect {
  for (const grant of world.grants) if (grantFits(grant, request)) return 'allow';
  for (const { rule } of world.rules) if (applies(rule, 'ask', request)) return 'ask';
  for (const { rule, confirmedAt } of world.rules) {
    const isSuspended = request.roseAt !== null && confirmedAt < request.roseAt;
    if (applies(rule, 'allow', request) && !isSuspended) return 'allow';
  }
  return world.own ?? world.server ?? world.start ?? 'deny';
}

function applies(rule: Rule, effect: Effect, request: NaiveRequest): boolean {
  if (!rule.enabled || rule.effect !== effect || !inScope(rule, request)) return false;
  if (rule.expiresAt !== null && request.at >= rule.expiresAt) return false;
  const answer = conditionsOf(rule, request);
  return effect === 'allow' ? answer === 'true' : answer !== 'false';
}

function inScope(rule: { agent: string; server: string; tool: string }, request: NaiveRequest): boolean {
  return (
    (rule.agent === '*' || rule.agent === request.agent) &&
    fits(rule.server, request.server) &&
    fits(rule.tool, request.tool)
  );
}

/** A regular expression says it in one line; fine for the short names of a test. */
function fits(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  const segment = '[^_\\-./:]+';
  const text = pattern
    .split(/([_\-./:])/)
    .map((part) =>
      part === '*' ? `${segment}(?:[_\\-./:]${segment})*` : part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${text}$`).test(name);
}

function conditionsOf(rule: { conditions: readonly ArgumentCondition[] }, request: NaiveRequest): Answer {
  const answers = rule.conditions.map((condition) => answer(condition, request));
  if (answers.includes('false')) return 'false';
  return answers.includes('doubt') ? 'doubt' : 'true';
}

/** Paths of the tests are one name, `name.name`, or `name[*]`. */
function answer(condition: ArgumentCondition, request: NaiveRequest): Answer {
  const { argument } = condition;
  if (argument.endsWith('[*]')) {
    const name = argument.slice(0, -3);
    if (!Object.hasOwn(request.arguments, name)) return ofValue(condition, undefined, request.required.includes(name));
    const list = request.arguments[name];
    if (!Array.isArray(list)) return 'doubt';
    if (list.length === 0) return ofValue(condition, undefined, false);
    const answers = new Set(list.map((element) => ofValue(condition, element, false)));
    return answers.size === 1 ? ([...answers][0] ?? 'doubt') : 'doubt';
  }
  const [name = '', inner] = argument.split('.');
  const value = Object.hasOwn(request.arguments, name) ? request.arguments[name] : undefined;
  const isRequired = request.required.includes(name);
  if (inner === undefined || value === undefined) return ofValue(condition, value, isRequired);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'doubt';
  return ofValue(condition, Object.hasOwn(value, inner) ? Reflect.get(value, inner) : undefined, false);
}

function ofValue(condition: ArgumentCondition, value: unknown, isRequired: boolean): Answer {
  if (value === undefined) {
    if (isRequired) return 'doubt';
    return condition.op === 'isAbsent' ? 'true' : 'false';
  }
  const say = (holds: boolean): Answer => (holds ? 'true' : 'false');
  const text = typeof value === 'string' ? value : null;
  switch (condition.op) {
    case 'isAbsent':
      return 'false';
    case 'isPresent':
      return 'true';
    case 'is':
    case 'isOneOf': {
      const wanted: unknown[] = condition.op === 'is' ? [condition.value] : condition.values;
      const kind = (one: unknown) => (one === null ? 'null' : typeof one);
      if (!wanted.some((one) => kind(one) === kind(value))) return 'doubt';
      return say(wanted.some((one) => one === value));
    }
    case 'startsWith':
      return text === null ? 'doubt' : say(text.indexOf(condition.value) === 0);
    case 'endsWith':
      return text === null ? 'doubt' : say(text.slice(-condition.value.length) === condition.value);
    case 'contains':
    case 'matches':
      return text === null ? 'doubt' : say(text.indexOf(condition.value) !== -1);
    case 'numberAtMost':
      return typeof value === 'number' ? say(value <= condition.value) : 'doubt';
    case 'numberAtLeast':
      return typeof value === 'number' ? say(value >= condition.value) : 'doubt';
    case 'lengthAtMost':
      if (Array.isArray(value)) return say(value.length <= condition.value);
      return text === null ? 'doubt' : say(text.length <= condition.value);
    case 'pathInside':
      if (text === null || !/^\/[a-z/]*$/.test(text)) return 'doubt';
      return say(`${text}/`.replace(/\/+/g, '/').startsWith(`${condition.value}/`));
    case 'hostIs':
    case 'hostUnder': {
      const host = text === null ? null : (/^https:\/\/([a-z.]+)\/[a-z]*$/.exec(text)?.[1] ?? null);
      if (host === null) return text !== null && /^[a-z]+$/.test(text) ? say(text === condition.value) : 'doubt';
      return say(host === condition.value || (condition.op === 'hostUnder' && host.endsWith(`.${condition.value}`)));
    }
  }
}

function grantFits(grant: LiveGrant, request: NaiveRequest): boolean {
  if (grant.agentId !== request.agent || grant.serverId !== request.server || grant.tool !== request.tool) return false;
  if (grant.expiresAt !== null && request.at >= grant.expiresAt) return false;
  if (grant.usesLeft === 0 || (request.roseAt !== null && grant.createdAt < request.roseAt)) return false;
  const { match } = grant;
  if (match.kind === 'any') return !request.tierRaised;
  if (match.kind === 'exact') return match.argumentsDigest === request.digest;
  if (match.conditions.some((condition) => answer(condition, request) !== 'true')) return false;
  for (const name of Object.keys(request.arguments)) {
    const isNamed =
      Object.hasOwn(match.equals, name) ||
      match.free.includes(name) ||
      match.conditions.some(({ argument }) => argument.split(/[.[]/)[0] === name);
    if (!isNamed) return false;
  }
  return Object.entries(match.equals).every(
    ([name, value]) =>
      Object.hasOwn(request.arguments, name) && JSON.stringify(request.arguments[name]) === JSON.stringify(value),
  );
}
