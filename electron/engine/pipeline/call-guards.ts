import type { AgentPolicySettings, Decision, LoopState, Risk } from '../../shared/index.ts';
import { riskOfCall } from '../core/argument-risk.ts';
import { type AccessRequest, evaluate, type PolicyWorld, pathsAsked, type Suspicions } from '../core/evaluate.ts';
import { classifyFlow, type FlowClass } from '../core/flow-class.ts';
import { policySubject } from '../core/policy-subject.ts';

import { raiseForProgram } from '../core/program-path.ts';
import type { DecidedCall, PermittedCall, ResolvedCall, ResolvedTool } from '../core/stages.ts';

import type { Exchange } from '../exchange.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { ArgumentKeeper } from './argument-keeper.ts';
import { FlowGuard } from './flow-guard.ts';
import type { Limiter, Paced } from './limiter.ts';
import { LoopGuard } from './loop-guard.ts';
import { PathLooker, pathWorldOf, resolvePaths } from './real-paths.ts';

interface Ports {
  keeper: ArgumentKeeper;
  limiter: Limiter;
  world(): PolicyWorld;
  settingsOf(agentId: string): AgentPolicySettings;
  /** Names from the server's configuration, for our list of well-known servers. */
  identitiesOf(serverId: string): readonly string[];
  /** The working folder a server's configuration names; null: none. */
  folderOf(serverId: string): string | null;
  /** Why the program behind an exchange is not the one expected; null: it is, or none is. */
  suspect(exchange: Exchange): string | null;
  now(): number;
}

/** The paths that were looked up for a call, and the real places of those that were found. */
interface Looked {
  asked: readonly string[];
  found: ReadonlyMap<string, string>;
}

/** Suspected calls remembered for when they come again. */
const maxWaiting = 1_000;

const clean: Suspicions = { loop: null, flow: null };

/** Everything a decision on one call of one agent is made from. */
interface Grounds {
  world: PolicyWorld;
  tool: ResolvedTool;
  arguments: JsonObject;
  risk: Risk;
  suspicions: Suspicions;
  /** The working folder of the server. */
  folder: string | null;
  /** Real places that were looked up. */
  places: ReadonlyMap<string, string>;
  at: number;
}

interface Decided {
  grounds: Grounds;
  decision: Decision;
}

const nowhere: ReadonlyMap<string, string> = new Map();

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
  readonly #looker = new PathLooker();
  /** The real places found for one arguments object: what a decision was made with is what the next one sees. */
  readonly #looked = new WeakMap<JsonObject, Looked>();
  readonly #decided = new WeakMap<Exchange, Decided>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** The risk of a call: its tool's, raised by its arguments and by a program nobody expected behind its token. */
  riskFor(exchange: Exchange, tool: Risk, args: JsonObject): Risk {
    return raiseForProgram(this.#riskOf(tool, args), this.#ports.suspect(exchange));
  }

  /** The tool's risk, raised by these arguments; looked at once for each arguments object. */
  #riskOf(tool: Risk, args: JsonObject): Risk {
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

  /**
   * Looks up the real places of the paths that rules look at in this call, for the decisions that follow. Null: none do,
   * and nothing is waited for. Called before a call is decided, and again after it has waited for a person.
   */
  look(call: ResolvedCall): Promise<void> | null {
    if (call.tool.kind === 'ask') return null;
    const asked = this.#pathsAsked(this.#ports.world(), this.#requestOf(call));
    if (asked.length === 0) return null;
    return this.#looker.look(asked).then((found) => void this.#looked.set(call.arguments, { asked, found }));
  }

  /** Once more, after something else took its time; null where `look` had nothing to look up. */
  lookAgain(call: ResolvedCall): Promise<void> | null {
    return this.#looked.has(call.arguments) ? this.look(call) : null;
  }

  /**
   * Policy on this call with the world as it is at this instant, and with the places that `look` found: nothing is sure
   * about a path it did not find, so that a rule made since then narrows at most.
   */
  decide(call: ResolvedCall): Decision {
    // a server's question is decided by the server's switches, and again when it was answered
    if (call.tool.kind === 'ask' && 'decision' in call) return (call as DecidedCall).decision;
    const grounds = this.#groundsOf(call);
    const known = this.#decided.get(call.exchange);
    if (known && isSameQuestion(known.grounds, grounds)) return known.decision;
    const decision = evaluate(grounds.world, toRequest(call, grounds));
    this.#decided.set(call.exchange, { grounds, decision });
    return decision;
  }

  /** The same for a call that waits or is not made at all, when a person changed something: looks up paths in place. */
  decideInPlace(call: ResolvedCall): Decision {
    if (call.tool.kind !== 'ask') {
      const before: Looked = this.#looked.get(call.arguments) ?? { asked: [], found: new Map() };
      const paths = this.#pathsAsked(this.#ports.world(), this.#requestOf(call));
      // what gave no answer before is not asked again here, where it would be waited for
      const asked = paths.filter((path) => !before.asked.includes(path));
      const found = new Map([...before.found, ...resolvePaths(asked)]);
      if (asked.length > 0) this.#looked.set(call.arguments, { asked: [...before.asked, ...asked], found });
    }
    return this.decide(call);
  }

  /** A request that no call made, with the real places of the paths that rules look at. */
  async withPaths(world: PolicyWorld, request: AccessRequest): Promise<AccessRequest> {
    const paths = pathWorldOf(this.#ports.folderOf(request.tool.serverId));
    const asked = this.#pathsAsked(world, { ...request, paths });
    if (asked.length === 0) return request;
    return { ...request, paths: { ...paths, resolved: await this.#looker.look(asked) } };
  }

  #requestOf(call: ResolvedCall): AccessRequest {
    return toRequest(call, this.#groundsOf(call));
  }

  #groundsOf(call: ResolvedCall): Grounds {
    const { exchange, tool, arguments: args } = call;
    return {
      world: this.#ports.world(),
      tool,
      arguments: args,
      risk: tool.risk ? this.riskFor(exchange, tool.risk, args) : call.risk,
      suspicions: this.#suspicions.get(exchange) ?? clean,
      folder: this.#ports.folderOf(tool.serverId),
      places: this.#looked.get(args)?.found ?? nowhere,
      at: this.#ports.now(),
    };
  }

  #pathsAsked(world: PolicyWorld, request: AccessRequest): string[] {
    try {
      return pathsAsked(world, request);
    } catch {
      // the evaluation fails the same way, and blocks
      return [];
    }
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
function isSameQuestion(known: Grounds, now: Grounds): boolean {
  return (
    known.world === now.world &&
    known.tool === now.tool &&
    known.arguments === now.arguments &&
    known.risk === now.risk &&
    known.suspicions === now.suspicions &&
    known.folder === now.folder &&
    known.places === now.places &&
    known.at <= now.at &&
    !now.world.rules.lapses(known.at, now.at)
  );
}

function toRequest({ exchange, argumentsDigest }: ResolvedCall, grounds: Grounds): AccessRequest {
  const { tool, arguments: args, risk, suspicions, folder, places, at } = grounds;
  return {
    agentId: exchange.agent.id,
    tool: policySubject(tool),
    arguments: args,
    argumentsDigest,
    risk,
    at,
    suspicions,
    paths: { ...pathWorldOf(folder), resolved: places },
  };
}

/** Clients without sessions are one flow for each agent. */
function sessionOf(call: ResolvedCall): string {
  return `${call.exchange.agent.id}\0${call.exchange.session?.id ?? ''}`;
}

function toolOf(call: ResolvedCall): string {
  return `${call.tool.serverId}: ${call.tool.name}`;
}
