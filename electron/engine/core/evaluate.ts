import {
  type Decision,
  type Effect,
  type GrantSource,
  type Risk,
  type RiskTier,
  riskTiers,
  type TraceStep,
} from '../../shared/index.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { type Candidates, type CompiledPolicy, type CompiledRule, isExpired, matchRule } from './compile-policy.ts';
import { fitsGrant, type GrantFacts, isGrantLive } from './match-grant.ts';
import { noPaths, type PathWorld } from './path-inside.ts';

/** Everything policy depends on, as one immutable value; a change makes a new one with a higher version. */
export interface PolicyWorld {
  version: number;
  /** The kill switch. */
  paused: boolean;
  agents: ReadonlyMap<string, AgentPolicy>;
  /** Rules, the never-list and remembered approvals. */
  rules: CompiledPolicy;
}

/** The switches of one agent. Keys of `tools` are `server NUL tool`. */
export interface AgentPolicy {
  paused: boolean;
  tools: ReadonlyMap<string, Effect>;
  servers: ReadonlyMap<string, Effect>;
  /** Where switches of this agent start; null: by its preset, or the global default. */
  start: Effect | null;
  /** The agent's preset: where switches start for each tier. */
  byTier?: Readonly<Record<RiskTier, Effect>> | null;
}

export interface ToolSubject {
  serverId: string;
  name: string;
  /** The definition is the one a person accepted. */
  reviewed: boolean;
  definition?: JsonObject;
  /** The tool by itself, before any arguments. */
  risk?: Risk;
  /** When its tier last rose, milliseconds since the epoch; what was allowed before then is suspended. */
  tierRoseAt?: number | null;
}

/** What the pipeline's guards saw in the calls before this one. Either makes the call ask. */
export interface Suspicions {
  /** One sentence: this very call came too often. */
  loop: string | null;
  /** One sentence: private data and foreign text came before this outward call. */
  flow: string | null;
}

/** One question to policy (OpenID AuthZEN: subject, action on a resource, context). */
export interface AccessRequest {
  agentId: string;
  tool: ToolSubject;
  /** The very arguments that would be sent. */
  arguments: JsonObject;
  /** HMAC of the arguments, for remembered approvals; absent: none of "exactly these" fits. */
  argumentsDigest?: string;
  risk: Risk;
  /** Milliseconds since the epoch. */
  at: number;
  paths?: PathWorld;
  suspicions?: Suspicions;
}

/** With nothing set anywhere, nothing is granted. */
export const globalDefault: Effect = 'deny';

export function toolKey(serverId: string, tool: string): string {
  return `${serverId}\0${tool}`;
}

const sourceWords: Record<Exclude<GrantSource, 'review'>, string> = {
  tool: 'set on this tool',
  server: 'set on its server',
  agent: 'where this agent starts',
  global: 'the global default',
};
const effectWords: Record<Effect, string> = { allow: 'Allow', ask: 'Ask', deny: 'Block' };

/** The position of a tool's switch and where it comes from: nearest of tool, server, agent, global. */
export function findSwitch(
  policy: AgentPolicy,
  tool: Pick<ToolSubject, 'serverId' | 'name' | 'risk'>,
  tier: RiskTier | undefined = tool.risk?.tier,
): { effect: Effect; source: Exclude<GrantSource, 'review'> } {
  const own = policy.tools.get(toolKey(tool.serverId, tool.name));
  if (own) return { effect: own, source: 'tool' };
  const server = policy.servers.get(tool.serverId);
  if (server) return { effect: server, source: 'server' };
  if (policy.start) return { effect: policy.start, source: 'agent' };
  if (policy.byTier) return { effect: policy.byTier[tier ?? 'secret'] ?? globalDefault, source: 'agent' };
  return { effect: globalDefault, source: 'global' };
}

/**
 * Decides one call. Total and pure; the first step that applies decides, and the order of rules never matters:
 * 1 kill switch or paused agent ⇒ deny; 2 never-list, any Block rule, or the tool's own switch at Block ⇒ deny; 3 a tool
 * new or changed since it was reviewed, or a suspicion ⇒ ask, unless what follows blocks it anyway; 4 a live remembered
 * approval ⇒ allow; 5 any Ask rule ⇒ ask; 6 any Allow rule ⇒ allow; 7 the switch.
 * An agent policy does not know gets nothing, and whatever goes wrong in here denies.
 */
export function evaluate(world: PolicyWorld, request: AccessRequest): Decision {
  try {
    return decide(world, request);
  } catch {
    return {
      effect: 'deny',
      reasonCode: 'policy_fault',
      reason: 'Policy could not be evaluated, so the call is blocked.',
      policyVersion: world.version,
      trace: [{ step: 'fault', hit: true, text: 'The evaluation failed; any doubt blocks' }],
    };
  }
}

interface Ending {
  effect: Effect;
  reasonCode: string;
  reason: string;
  ruleIds?: string[];
  grantId?: string;
}

function decide(world: PolicyWorld, request: AccessRequest): Decision {
  const { agentId, tool } = request;
  const trace: TraceStep[] = [];
  const end = (ending: Ending): Decision => ({ ...ending, policyVersion: world.version, trace });

  if (world.paused) {
    trace.push({ step: 'kill-switch', hit: true, text: 'All agents are paused' });
    return end({ effect: 'deny', reasonCode: 'paused_all', reason: 'The user has paused all agents.' });
  }
  trace.push({ step: 'kill-switch', hit: false, text: 'Pause all is off' });

  const policy = world.agents.get(agentId);
  if (!policy || policy.paused) {
    trace.push({ step: 'agent-paused', hit: true, text: policy ? 'This agent is paused' : 'This agent is not known' });
    return end({ effect: 'deny', reasonCode: 'paused_agent', reason: 'The user has paused this agent.' });
  }
  trace.push({ step: 'agent-paused', hit: false, text: 'The agent is not paused' });

  const candidates = world.rules.candidates(agentId, tool.serverId, tool.name);
  const facts = factsOf(request);
  const blocked = findBlock(policy, request, candidates, facts, trace);
  if (blocked) return end(blocked);

  const openTrace: TraceStep[] = [];
  const open = decideOpen(policy, request, candidates, facts, openTrace);
  // review and suspicion only ever narrow: what would be blocked stays blocked
  const narrowed = narrow(request, open.effect, trace);
  if (narrowed) return end(narrowed);
  trace.push(...openTrace);
  return end(open);
}

function factsOf(request: AccessRequest): GrantFacts {
  const { tool, risk } = request;
  return {
    arguments: request.arguments,
    inputSchema: tool.definition?.inputSchema,
    paths: request.paths ?? noPaths,
    argumentsDigest: request.argumentsDigest ?? null,
    risk,
    toolTier: tool.risk?.tier ?? risk.tier,
  };
}

/** Steps 1–2 end here: whatever blocks before anything may allow. */
function findBlock(
  policy: AgentPolicy,
  request: AccessRequest,
  candidates: Candidates,
  facts: GrantFacts,
  trace: TraceStep[],
): Ending | null {
  const never = candidates.never.find((entry) => matchRule(entry, facts) !== 'no');
  if (never) {
    trace.push({ step: 'never-list', hit: true, text: `Never: “${never.name}”`, ruleId: never.id });
    const reason = `The user never allows this: “${never.name}”.`;
    return { effect: 'deny', reasonCode: 'never', reason, ruleIds: [never.id] };
  }
  if (candidates.never.length > 0)
    trace.push({ step: 'never-list', hit: false, text: 'Nothing on the never-list fits' });

  const blocks = matching(candidates.deny, request.at, facts);
  if (blocks.length > 0) return endByRules('deny', blocks, trace);
  noteMiss('block-rules', candidates.deny, trace);

  const position = findSwitch(policy, request.tool, request.risk.tier);
  if (position.source === 'tool' && position.effect === 'deny') {
    trace.push({ step: 'own-switch', hit: true, text: 'This tool is set to Block for this agent' });
    return { effect: 'deny', reasonCode: 'own_block', reason: 'The user has blocked this tool for this agent.' };
  }
  trace.push({ step: 'own-switch', hit: false, text: 'The tool is not set to Block for this agent' });
  return null;
}

/** Step 3. */
function narrow(request: AccessRequest, open: Effect, trace: TraceStep[]): Ending | null {
  const { tool, suspicions } = request;
  const isOpen = open !== 'deny';
  if (!tool.reviewed && isOpen) {
    trace.push({ step: 'review', hit: true, text: 'The tool is new or changed since it was reviewed' });
    const reason = 'The tool is new or has changed since the user reviewed it.';
    return { effect: 'ask', reasonCode: 'unreviewed', reason };
  }
  trace.push({
    step: 'review',
    hit: false,
    text: tool.reviewed ? 'The definition is the reviewed one' : 'The definition is not reviewed',
  });
  if (suspicions?.loop && isOpen) {
    trace.push({ step: 'loop', hit: true, text: suspicions.loop });
    return { effect: 'ask', reasonCode: 'loop', reason: suspicions.loop };
  }
  if (suspicions?.flow && isOpen) {
    trace.push({ step: 'flow', hit: true, text: suspicions.flow });
    return { effect: 'ask', reasonCode: 'flow', reason: suspicions.flow };
  }
  return null;
}

/** Steps 4–7. */
function decideOpen(
  policy: AgentPolicy,
  request: AccessRequest,
  candidates: Candidates,
  facts: GrantFacts,
  trace: TraceStep[],
): Ending {
  const { at, tool, risk } = request;
  const roseAt = tool.tierRoseAt ?? null;
  const grant = candidates.grants.find((one) => isGrantLive(one, at, roseAt) && fitsGrant(one, facts));
  if (grant) {
    trace.push({ step: 'grant', hit: true, text: `Remembered: ${grant.sentence}`, ruleId: grant.id });
    return { effect: 'allow', reasonCode: 'grant', reason: 'The user allowed this before.', grantId: grant.id };
  }
  if (candidates.grants.length > 0) trace.push({ step: 'grant', hit: false, text: 'No remembered approval fits' });

  const asks = matching(candidates.ask, at, facts);
  if (asks.length > 0) return endByRules('ask', asks, trace);
  noteMiss('ask-rules', candidates.ask, trace);

  const maybe = matching(candidates.allow, at, facts);
  const allows = maybe.filter((match) => match.isSure);
  const awake = allows.filter(({ rule }) => roseAt === null || rule.confirmedAt >= roseAt);
  if (awake.length > 0) return endByRules('allow', awake, trace);
  const [asleep] = allows;
  const [doubtful] = maybe;
  if (asleep) {
    const text = `“${asleep.rule.name}” is suspended: the tool has become more dangerous since`;
    trace.push({ step: 'allow-rules', hit: false, text, ruleId: asleep.rule.id });
  } else if (doubtful) {
    const text = `“${doubtful.rule.name}” may match, which is not enough to allow`;
    trace.push({ step: 'allow-rules', hit: false, text, ruleId: doubtful.rule.id });
  } else noteMiss('allow-rules', candidates.allow, trace);

  const position = findSwitch(policy, tool, risk.tier);
  const words = `${effectWords[position.effect]}, ${sourceWords[position.source]}`;
  trace.push({ step: 'switch', hit: true, text: `The switch says ${words}` });
  return { effect: position.effect, reasonCode: `switch_${position.source}`, reason: `The switch says ${words}.` };
}

interface Match {
  rule: CompiledRule;
  /** False: it cannot be told whether the rule matches. */
  isSure: boolean;
}

/** Rules in force that match, or may. */
function matching(rules: readonly CompiledRule[], at: number, facts: GrantFacts): Match[] {
  const found: Match[] = [];
  for (const rule of rules) {
    if (isExpired(rule, at)) continue;
    const verdict = matchRule(rule, facts);
    if (verdict !== 'no') found.push({ rule, isSure: verdict === 'yes' });
  }
  return found;
}

const ruleSteps = { deny: 'block-rules', ask: 'ask-rules', allow: 'allow-rules' } as const;

function endByRules(effect: Effect, matches: readonly Match[], trace: TraceStep[]): Ending {
  // named by id, so that the order in which rules were made does not show either
  const sorted = [...matches].sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
  for (const { rule, isSure } of sorted) {
    const text = `${effectWords[effect]}: “${rule.name}”${isSure ? '' : ' (it may match, which is enough)'}`;
    trace.push({ step: ruleSteps[effect], hit: true, text, ruleId: rule.id });
  }
  const name = sorted[0]?.rule.name ?? '';
  const more = sorted.length > 1 ? ` and ${sorted.length - 1} more` : '';
  const reason = `${effectWords[effect]} by the rule “${name}”${more}.`;
  return { effect, reasonCode: `rule_${effect}`, reason, ruleIds: sorted.map(({ rule }) => rule.id) };
}

function noteMiss(step: TraceStep['step'], rules: readonly CompiledRule[], trace: TraceStep[]): void {
  if (rules.length === 0) return;
  const [only] = rules;
  const text = rules.length === 1 && only ? `“${only.name}” does not match` : `None of ${rules.length} rules matches`;
  trace.push({ step, hit: false, text, ...(rules.length === 1 && only ? { ruleId: only.id } : {}) });
}

/**
 * What a list shows: every tool of which some call could pass. Pausing is a passing state, so it hides nothing: agents
 * would forget their tools and not look again. A Block with an end hides nothing for the same reason.
 */
export function isListed(world: PolicyWorld, agentId: string, tool: ToolSubject): boolean {
  const policy = world.agents.get(agentId);
  if (!policy) return false;
  const candidates = world.rules.candidates(agentId, tool.serverId, tool.name);
  const isWhole = (rule: CompiledRule) => rule.conditions.length === 0 && rule.expiresAt === null;
  if (candidates.never.some(isWhole) || candidates.deny.some(isWhole)) return false;
  const position = findSwitch(policy, tool);
  if (position.source === 'tool' && position.effect === 'deny') return false;
  if (candidates.grants.length > 0 || candidates.ask.length > 0 || candidates.allow.length > 0) return true;
  if (position.source !== 'agent' || !policy.byTier || policy.start) return position.effect !== 'deny';
  // arguments may raise the tier of a call, never lower it
  const lowest = riskTiers.indexOf(tool.risk?.tier ?? 'read');
  return riskTiers.slice(lowest).some((tier) => policy.byTier?.[tier] !== 'deny');
}

/**
 * Absolute paths whose real place a decision on this call may depend on; empty for nearly every call. Pure: who asks
 * looks them up and hands them back in `request.paths`.
 */
export function pathsAsked(world: PolicyWorld, request: AccessRequest): string[] {
  const candidates = world.rules.candidates(request.agentId, request.tool.serverId, request.tool.name);
  if (!candidates.needsPaths) return [];
  const facts = factsOf(request);
  const asked = new Set<string>();
  const rules = [...candidates.never, ...candidates.deny, ...candidates.ask, ...candidates.allow];
  for (const condition of [...rules, ...candidates.grantPaths].flatMap((part) => part.conditions)) {
    for (const path of condition.paths?.(facts) ?? []) asked.add(path);
  }
  return [...asked];
}
