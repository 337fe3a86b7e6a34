import { compilePolicy } from '../../../electron/engine/core/compile-policy.ts';
import type { AccessRequest, AgentPolicy, PolicyWorld } from '../../../electron/engine/core/evaluate.ts';
import { toolKey } from '../../../electron/engine/core/evaluate.ts';
import type { PathWorld } from '../../../electron/engine/core/path-inside.ts';
import type { ArgumentCondition, Effect, LiveGrant, NeverEntry, Rule } from '../../../electron/shared/index.ts';
import { fc } from '../../helpers/property.ts';
import type { NaiveRequest, NaiveWorld } from './naive-interpreter.ts';

/** Small alphabets, so that rules and calls meet often. */
const agents = fc.constantFrom('a', 'b');
const servers = fc.constantFrom('files', 'git-hub');
const tools = fc.constantFrom('read_file', 'create_issue', 'read', 'delete_repo_file');
const effects = fc.constantFrom<Effect>('allow', 'ask', 'deny');
const maybeEffect = fc.option(effects, { nil: null });
const texts = fc.constantFrom('x', 'xy', 'main', '/home/me/a', '/home/me', '/etc', 'https://api.example.com/v', '');
const scalars = fc.oneof(texts, fc.constantFrom(0, 1, 5, 7.5, true, false, null));
const words = texts.filter((text) => text !== '');
const argumentNames = fc.constantFrom('p', 'q', 'p.r', 'list[*]', 'list');
const times = fc.constantFrom(0, 50, 100, 150);

const conditions: fc.Arbitrary<ArgumentCondition> = fc.oneof(
  fc.record({ argument: argumentNames, op: fc.constant('is' as const), value: scalars }),
  fc.record({
    argument: argumentNames,
    op: fc.constant('isOneOf' as const),
    values: fc.array(scalars, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    argument: argumentNames,
    op: fc.constantFrom('startsWith' as const, 'endsWith' as const, 'contains' as const, 'matches' as const),
    value: words.map((word) => word.replaceAll('.', '')),
  }),
  fc.record({
    argument: argumentNames,
    op: fc.constant('pathInside' as const),
    value: fc.constantFrom('/home/me', '/etc', '/home'),
  }),
  fc.record({
    argument: argumentNames,
    op: fc.constantFrom('hostIs' as const, 'hostUnder' as const),
    value: fc.constantFrom('example.com', 'api.example.com', 'main'),
  }),
  fc.record({
    argument: argumentNames,
    op: fc.constantFrom('numberAtMost' as const, 'numberAtLeast' as const),
    value: fc.constantFrom(1, 5, 6),
  }),
  fc.record({ argument: argumentNames, op: fc.constant('lengthAtMost' as const), value: fc.constantFrom(0, 1, 4) }),
  fc.record({ argument: argumentNames, op: fc.constantFrom('isAbsent' as const, 'isPresent' as const) }),
);

const serverPatterns = fc.constantFrom('*', 'files', 'git-hub', 'git-*');
const toolPatterns = fc.constantFrom(
  '*',
  'read_file',
  'read_*',
  '*_file',
  '*_*',
  'read',
  'create_issue',
  'delete_*_file',
);

export const rules = fc.record({
  id: fc.integer({ min: 0, max: 1_000_000 }).map((number) => `r${number}`),
  name: fc.constantFrom('One', 'Two'),
  enabled: fc.constantFrom(true, true, true, false),
  effect: effects,
  agent: fc.constantFrom('*', 'a', 'b'),
  server: serverPatterns,
  tool: toolPatterns,
  conditions: fc.array(conditions, { maxLength: 3 }),
  limit: fc.constant(null),
  expiresAt: fc.option(times, { nil: null }),
}) satisfies fc.Arbitrary<Rule>;

const storedRules = fc.record({ rule: rules, confirmedAt: times });

const neverEntries = fc.record({
  id: fc.integer({ min: 0, max: 1_000_000 }).map((number) => `n${number}`),
  name: fc.constant('Never'),
  server: serverPatterns,
  tool: toolPatterns,
  conditions: fc.array(conditions, { minLength: 1, maxLength: 3 }),
}) satisfies fc.Arbitrary<NeverEntry>;

const argumentValues = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.record({ r: scalars }, { requiredKeys: [] }),
);
const argumentObjects = fc.record({ p: argumentValues, q: argumentValues, list: argumentValues }, { requiredKeys: [] });

const grants: fc.Arbitrary<LiveGrant> = fc.record({
  id: fc.integer({ min: 0, max: 1_000_000 }).map((number) => `g${number}`),
  agentId: agents,
  serverId: servers,
  tool: tools,
  match: fc.oneof(
    fc.constant({ kind: 'any' as const }),
    fc.record({ kind: fc.constant('exact' as const), argumentsDigest: fc.constantFrom('d1', 'd2') }),
    fc.record({
      kind: fc.constant('pattern' as const),
      equals: fc.record({ p: scalars, q: scalars }, { requiredKeys: [] }),
      free: fc.subarray(['p', 'q', 'list']),
      conditions: fc.array(conditions, { maxLength: 1 }),
    }),
  ),
  expiresAt: fc.option(times, { nil: null }),
  untilQuit: fc.boolean(),
  usesLeft: fc.constantFrom(null, 0, 1),
  createdAt: times,
  approvalId: fc.constant(null),
  sentence: fc.constant('…'),
});

export const worlds: fc.Arbitrary<NaiveWorld> = fc.record({
  paused: fc.constantFrom(false, false, false, false, false, false, true),
  agentPaused: fc.constantFrom(false, false, false, false, false, false, true),
  agentKnown: fc.constantFrom(true, true, true, true, true, true, false),
  own: maybeEffect,
  server: maybeEffect,
  start: maybeEffect,
  rules: fc.uniqueArray(storedRules, { maxLength: 6, selector: ({ rule }) => rule.id }),
  never: fc.oneof(fc.array(neverEntries, { maxLength: 0 }), fc.array(neverEntries, { maxLength: 1 })),
  grants: fc.array(grants, { maxLength: 2 }),
});

export const requests: fc.Arbitrary<NaiveRequest> = fc.record({
  agent: agents,
  server: servers,
  tool: tools,
  reviewed: fc.constantFrom(true, true, false),
  roseAt: fc.option(times, { nil: null }),
  suspicious: fc.constantFrom(false, false, true),
  arguments: argumentObjects,
  digest: fc.constantFrom('d1', 'd2'),
  required: fc.subarray(['p', 'q', 'list']),
  tierRaised: fc.boolean(),
  at: times,
});

/** The product's world for a naive one. The switches are those of the request's own agent, server and tool. */
export function toWorld(world: NaiveWorld, request: NaiveRequest): PolicyWorld {
  const policy: AgentPolicy = {
    paused: world.agentPaused,
    tools: new Map(world.own ? [[toolKey(request.server, request.tool), world.own]] : []),
    servers: new Map(world.server ? [[request.server, world.server]] : []),
    start: world.start,
  };
  return {
    version: 1,
    paused: world.paused,
    agents: new Map(world.agentKnown ? [[request.agent, policy]] : []),
    rules: compilePolicy({ rules: world.rules, never: world.never, broken: [], grants: world.grants }, 0),
  };
}

/** A disk on which every path is what it says. */
const plainDisk: PathWorld = {
  platform: 'posix',
  home: null,
  base: null,
  resolved: new Map(['/home/me/a', '/home/me', '/home', '/etc'].map((path) => [path, path])),
};

export function toRequest(request: NaiveRequest): AccessRequest {
  return {
    agentId: request.agent,
    tool: {
      serverId: request.server,
      name: request.tool,
      reviewed: request.reviewed,
      tierRoseAt: request.roseAt,
      definition: { name: request.tool, inputSchema: { type: 'object', required: request.required } },
      risk: { tier: 'write', reasons: [] },
    },
    arguments: request.arguments as AccessRequest['arguments'],
    argumentsDigest: request.digest,
    risk: { tier: request.tierRaised ? 'secret' : 'write', reasons: [] },
    at: request.at,
    paths: plainDisk,
    suspicions: { loop: request.suspicious ? 'again' : null, flow: null },
  };
}
