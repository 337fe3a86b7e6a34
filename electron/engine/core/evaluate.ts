import type { Decision, Effect, GrantSource, Risk, TraceStep } from '../../shared/index.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/** Everything policy depends on, as one immutable value; a change makes a new one with a higher version. */
export interface PolicyWorld {
  version: number;
  /** The kill switch. */
  paused: boolean;
  agents: ReadonlyMap<string, AgentPolicy>;
}

/** The switches of one agent. Keys of `tools` are `server NUL tool`. */
export interface AgentPolicy {
  paused: boolean;
  tools: ReadonlyMap<string, Effect>;
  servers: ReadonlyMap<string, Effect>;
  /** Where switches of this agent start; null: the global default. */
  start: Effect | null;
}

export interface ToolSubject {
  serverId: string;
  name: string;
  /** The definition is the one a person accepted. */
  reviewed: boolean;
}

/** One question to policy (OpenID AuthZEN: subject, action on a resource, context). */
export interface AccessRequest {
  agentId: string;
  tool: ToolSubject;
  /** The very arguments that would be sent. */
  arguments: JsonObject;
  risk: Risk;
  /** Milliseconds since the epoch. */
  at: number;
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
  tool: ToolSubject,
): { effect: Effect; source: Exclude<GrantSource, 'review'> } {
  const own = policy.tools.get(toolKey(tool.serverId, tool.name));
  if (own) return { effect: own, source: 'tool' };
  const server = policy.servers.get(tool.serverId);
  if (server) return { effect: server, source: 'server' };
  if (policy.start) return { effect: policy.start, source: 'agent' };
  return { effect: globalDefault, source: 'global' };
}

/**
 * Decides one call. Total and pure; the first step that applies decides:
 * 1 kill switch or paused agent ⇒ deny; 2 the tool's own switch at Block ⇒ deny; 3 a tool new or changed since it was
 * reviewed ⇒ ask, unless the switch blocks it anyway; 7 the switch. (Steps 4–6, grants and rules, take their place between 3 and 7.)
 * An agent policy does not know gets nothing.
 */
export function evaluate(world: PolicyWorld, request: AccessRequest): Decision {
  const { agentId, tool } = request;
  const trace: TraceStep[] = [];
  const end = (effect: Effect, reasonCode: string, reason: string): Decision => ({
    effect,
    reasonCode,
    reason,
    policyVersion: world.version,
    trace,
  });

  if (world.paused) {
    trace.push({ step: 'kill-switch', hit: true, text: 'All agents are paused' });
    return end('deny', 'paused_all', 'The user has paused all agents.');
  }
  trace.push({ step: 'kill-switch', hit: false, text: 'Pause all is off' });

  const policy = world.agents.get(agentId);
  if (!policy || policy.paused) {
    trace.push({ step: 'agent-paused', hit: true, text: policy ? 'This agent is paused' : 'This agent is not known' });
    return end('deny', 'paused_agent', 'The user has paused this agent.');
  }
  trace.push({ step: 'agent-paused', hit: false, text: 'The agent is not paused' });
  return evaluateTool(policy, tool, trace, end);
}

/**
 * What a list shows: every tool of which some call could pass. Pausing is a passing state, so it hides nothing: agents
 * would forget their tools and not look again.
 */
export function isListed(world: PolicyWorld, agentId: string, tool: ToolSubject): boolean {
  const policy = world.agents.get(agentId);
  if (!policy) return false;
  return findSwitch(policy, tool).effect !== 'deny';
}

function evaluateTool(
  policy: AgentPolicy,
  tool: ToolSubject,
  trace: TraceStep[],
  end: (effect: Effect, reasonCode: string, reason: string) => Decision,
): Decision {
  const position = findSwitch(policy, tool);
  if (position.source === 'tool' && position.effect === 'deny') {
    trace.push({ step: 'own-switch', hit: true, text: 'This tool is set to Block for this agent' });
    return end('deny', 'own_block', 'The user has blocked this tool for this agent.');
  }
  trace.push({ step: 'own-switch', hit: false, text: 'The tool is not set to Block for this agent' });

  // review only ever narrows: what the switch blocks stays blocked
  if (!tool.reviewed && position.effect !== 'deny') {
    trace.push({ step: 'review', hit: true, text: 'The tool is new or changed since it was reviewed' });
    return end('ask', 'unreviewed', 'The tool is new or has changed since the user reviewed it.');
  }
  trace.push({
    step: 'review',
    hit: false,
    text: tool.reviewed ? 'The definition is the reviewed one' : 'The definition is not reviewed',
  });

  const words = `${effectWords[position.effect]}, ${sourceWords[position.source]}`;
  trace.push({ step: 'switch', hit: true, text: `The switch says ${words}` });
  return end(position.effect, `switch_${position.source}`, `The switch says ${words}.`);
}
