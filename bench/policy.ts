import { compilePolicy } from '../electron/engine/core/compile-policy.ts';
import { type AccessRequest, type AgentPolicy, evaluate, type PolicyWorld } from '../electron/engine/core/evaluate.ts';
import type { ArgumentCondition, Rule } from '../electron/shared/index.ts';

/**
 * What one decision costs, in microseconds: a pure evaluation with its trace, over sizes of policy.
 * Run: npm run bench
 */
const agents = Array.from({ length: 20 }, (_, i) => `agent-${i}`);
const servers = Array.from({ length: 12 }, (_, i) => `server-${i}`);
const tools = ['read_file', 'write_file', 'create_issue', 'delete_file', 'search_code', 'send_message'];
const effects = ['allow', 'ask', 'deny'] as const;
const perSize = 200_000;
const warmUp = 20_000;

/** Repeatable from run to run. */
function makeRandom(seed: number): <T>(of: readonly T[]) => T {
  let state = seed;
  return (of) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return of[state % of.length] as never;
  };
}

const pick = makeRandom(7);

function makeRule(at: number): Rule {
  const conditions: ArgumentCondition[] = [
    { argument: 'path', op: 'startsWith', value: `/home/me/project-${at % 50}/` },
    { argument: 'count', op: 'numberAtMost', value: at % 100 },
  ];
  return {
    id: `rule-${at}`,
    name: `Rule ${at}`,
    enabled: true,
    effect: pick(effects),
    agent: at % 4 === 0 ? '*' : pick(agents),
    server: at % 10 === 0 ? '*' : pick(servers),
    tool: at % 5 === 0 ? '*_file' : pick(tools),
    conditions: conditions.slice(0, 1 + (at % 2)),
    limit: null,
    expiresAt: null,
  };
}

function makeWorld(count: number): PolicyWorld {
  const rules = Array.from({ length: count }, (_, at) => ({ rule: makeRule(at), confirmedAt: 0 }));
  const policy: AgentPolicy = { paused: false, tools: new Map(), servers: new Map(), start: 'ask' };
  return {
    version: 1,
    paused: false,
    agents: new Map(agents.map((id) => [id, policy])),
    rules: compilePolicy({ rules, never: [], broken: [], grants: [] }, 0),
  };
}

function makeRequest(): AccessRequest {
  const name = pick(tools);
  return {
    agentId: pick(agents),
    tool: { serverId: pick(servers), name, reviewed: true, definition: { name, inputSchema: { type: 'object' } } },
    arguments: { path: `/home/me/project-${pick([1, 7, 30])}/a.ts`, count: pick([1, 50, 99]), text: 'hello' },
    risk: { tier: 'write', reasons: [] },
    at: 1,
  };
}

function quantile(sorted: Float64Array, part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(2).padStart(8);
}

console.log('rules   p50 µs   p99 µs   (20 agents, one evaluation with its trace)');
for (const count of [0, 100, 1_000]) {
  const world = makeWorld(count);
  const requests = Array.from({ length: 1_024 }, makeRequest);
  const took = new Float64Array(perSize);
  for (let i = -warmUp; i < perSize; i += 1) {
    const request = requests[(i + warmUp) % requests.length] as AccessRequest;
    const start = performance.now();
    evaluate(world, request);
    if (i >= 0) took[i] = (performance.now() - start) * 1000;
  }
  took.sort();
  console.log(`${String(count).padStart(5)} ${quantile(took, 0.5)} ${quantile(took, 0.99)}`);
}
