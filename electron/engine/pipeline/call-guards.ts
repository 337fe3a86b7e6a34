import type { AgentPolicySettings, Decision, LoopState, Risk } from '../../shared/index.ts';
import { riskOfCall } from '../core/argument-risk.ts';
import { type AccessRequest, evaluate, type PolicyWorld, pathsAsked, type Suspicions } from '../core/evaluate.ts';
import { classifyFlow, type FlowClass } from '../core/flow-class.ts';
import { policySubject } from '../core/policy-subject.ts';
import type { DecidedCall, PermittedCall, ResolvedCall, ResolvedTool } from '../core/stages.ts';
import type { Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { ArgumentKeeper } from './argument-keeper.ts';
import { FlowGuard } from './flow-guard.ts';
import type { Limiter, Paced } from './limiter.ts';
import { LoopGuard } from './loop-guard.ts';
import { pathWorldOf, resolvePaths } from './real-paths.ts';

interface Ports {
  keeper: ArgumentKeeper;
  limiter: Limiter;
  world(): PolicyWorld;
  settingsOf(agentId: string): AgentPolicySettings;
  /** Names from the server's configuration, for our list of well-known servers. */
  identitiesOf(serverId: string): readonly string[];
  /** The working folder a server's configuration names; null: none. */
  folderOf(serverId: string): string | null;
  now(): number;
}

/** Suspected calls remembered for when they come again. */
const maxWaiting = 1_000;

const clean: Suspicions = { loop: null, flow: null };

/** A decision with everything it was made from. */
interface Decided {
  world: PolicyWorld;
  tool: ResolvedTool;
  arguments: JsonObject;
  risk: Risk;
  suspicions: Suspicions;
  at: number;
  decision: Decision;
}

/** What one call knows of the calls before it, and the one way from a call to policy. */
export class CallGuards {
  readonly #ports: Ports;
  readonly #loops = new LoopGuard();
  readonly #flows = new FlowGuard();
  /** Found once, when a call comes in: the same call is decided several times and must not count itself. */
  readonly #suspicions = new WeakMap<Exchange, Suspicions>();
  /** Of suspected calls, by their id: such a call may come back on another exchange. */
  readonly #waiting = new Map<string, Suspicions>();
  readonly #risks = new WeakMap<JsonObject, { of: Risk; risk: Risk }>();
  readonly #decided = new WeakMap<Exchange, Decided>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** The tool's risk, raised by these arguments; looked at once for each arguments object. */
  riskOf(tool: Risk, args: JsonObject): Risk {
    const known = this.#risks.get(args);
    if (known?.of === tool) return known.risk;
    const risk = riskOfCall(tool, args);
    this.#risks.set(args, { of: tool, risk });
    return risk;
  }

  /** A new call, once: counted for loops, compared with what its session has seen, kept for replay. */
  enter(call: ResolvedCall): void {
    const { agent } = call.exchange;
    const settings = this.#ports.settingsOf(agent.id);
    const now = this.#ports.now();
    // prompts, resources and the rest are read again and again, and rules are replayed on tools
    const isTool = call.tool.kind === 'tool';
    if (isTool) this.#ports.keeper.keep(call);
    let loop: string | null = null;
    if (settings.loop && isTool) {
      const { serverId, name: tool } = call.tool;
      const key = { agentId: agent.id, serverId, tool, argumentsDigest: call.argumentsDigest };
      const count = this.#loops.count(key, settings.loop, now);
      if (count >= settings.loop.count)
        loop = `The very same call came ${count} times within ${settings.loop.seconds} seconds: it looks like a loop.`;
    }
    const suspicions = { loop, flow: this.#suspectFlow(call, settings, now) };
    this.#suspicions.set(call.exchange, suspicions);
    if (suspicions.loop || suspicions.flow) this.#waiting.set(call.id, suspicions);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > maxWaiting && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** A call that was told to call again goes on: it is not counted twice, and what was suspected of it still is. */
  resume(call: ResolvedCall): void {
    const settings = this.#ports.settingsOf(call.exchange.agent.id);
    const before = this.#waiting.get(call.id) ?? clean;
    const flow = before.flow ?? this.#suspectFlow(call, settings, this.#ports.now());
    this.#suspicions.set(call.exchange, { loop: before.loop, flow });
  }

  /** Policy on this call with the world as it is at this instant. */
  decide(call: ResolvedCall): Decision {
    // a server's question is decided by the server's switches, and again when it was answered
    if (call.tool.kind === 'ask' && 'decision' in call) return (call as DecidedCall).decision;
    const world = this.#ports.world();
    const { exchange, tool, arguments: args, argumentsDigest } = call;
    const from = {
      world,
      tool,
      arguments: args,
      risk: tool.risk ? this.riskOf(tool.risk, args) : call.risk,
      suspicions: this.#suspicions.get(exchange) ?? clean,
      at: this.#ports.now(),
    };
    const known = this.#decided.get(exchange);
    if (known && isSameQuestion(known, from)) return known.decision;
    const request: AccessRequest = {
      agentId: exchange.agent.id,
      tool: policySubject(tool),
      arguments: args,
      argumentsDigest,
      risk: from.risk,
      at: from.at,
      suspicions: from.suspicions,
    };
    const placed = this.withPaths(world, request);
    const decision = evaluate(world, placed);
    // where paths lead may change without anything here noticing: such a call is always looked at anew
    if (placed.paths === undefined) this.#decided.set(exchange, { ...from, decision });
    return decision;
  }

  /** The request with the real places of the paths that rules look at; the file system is asked only when they do. */
  withPaths(world: PolicyWorld, request: AccessRequest): AccessRequest {
    const paths = pathWorldOf(this.#ports.folderOf(request.tool.serverId));
    let asked: string[];
    try {
      asked = pathsAsked(world, { ...request, paths });
    } catch {
      // the evaluation fails the same way, and blocks
      return request;
    }
    if (asked.length === 0) return request;
    return { ...request, paths: { ...paths, resolved: resolvePaths(asked) } };
  }

  /** Takes a token of every deciding rule that has a limit. */
  pace(decision: Decision): Paced {
    const { rules } = this.#ports.world().rules;
    const limited = (decision.ruleIds ?? []).flatMap((id) => {
      const limit = rules.get(id)?.limit;
      return limit ? [{ id, limit }] : [];
    });
    return this.#ports.limiter.takeRules(limited, this.#ports.now());
  }

  /** The call is about to be sent: its session will have seen what it yields. */
  forwarded(call: PermittedCall): void {
    this.#flows.note(sessionOf(call), toolOf(call), this.#flowOf(call), call.approvalId !== null, this.#ports.now());
  }

  /** The result of a call speaks to the agent: the session's next call that can send something out asks. */
  heard(call: ResolvedCall): void {
    this.#flows.heard(sessionOf(call), toolOf(call), this.#ports.now());
  }

  loopStates(agentId: string): LoopState[] {
    return this.#loops.states(agentId, this.#ports.settingsOf(agentId).loop, this.#ports.now());
  }

  #suspectFlow(call: ResolvedCall, settings: AgentPolicySettings, now: number): string | null {
    const flow = this.#flowOf(call);
    const heard = this.#flows.suspectHeard(sessionOf(call), toolOf(call), flow, now);
    return heard ?? (settings.flowGuard ? this.#flows.suspect(sessionOf(call), toolOf(call), flow, now) : null);
  }

  #flowOf(call: ResolvedCall): FlowClass {
    return classifyFlow(call.tool.definition, call.risk.tier, this.#ports.identitiesOf(call.tool.serverId));
  }
}

/**
 * A call is decided several times on its way, and policy is pure: the same world asked the same by the same values, with
 * nothing expired in between, says the same. Worlds, tools and arguments are never changed, only replaced.
 */
function isSameQuestion(known: Decided, now: Omit<Decided, 'decision'>): boolean {
  return (
    known.world === now.world &&
    known.tool === now.tool &&
    known.arguments === now.arguments &&
    known.risk === now.risk &&
    known.suspicions === now.suspicions &&
    known.at <= now.at &&
    !now.world.rules.lapses(known.at, now.at)
  );
}

/** Clients without sessions are one flow for each agent. */
function sessionOf(call: ResolvedCall): string {
  return `${call.exchange.agent.id}\0${call.exchange.session?.id ?? ''}`;
}

function toolOf(call: ResolvedCall): string {
  return `${call.tool.serverId}: ${call.tool.name}`;
}
