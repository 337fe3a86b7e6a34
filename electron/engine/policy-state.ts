import type { Effect, GrantChange } from '../shared/index.ts';
import type { AgentRegistry, KnownAgent } from './agent-registry.ts';
import { type AgentPolicy, type PolicyWorld, toolKey } from './core/evaluate.ts';
import type { GrantRecord, StoreWriter } from './store/contract.ts';
import type { Catalog } from './upstream/catalog.ts';

const anything = '*';

interface Ports {
  store: StoreWriter;
  agents: AgentRegistry;
  catalog: Catalog;
  now(): number;
  /** A new world is in force. */
  onChanged(): void;
}

/** Keeps the policy in force as one immutable `PolicyWorld`, made anew with every change. */
export class PolicyState {
  readonly #ports: Ports;
  #world: PolicyWorld;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#world = this.#build(ports.store.policyVersion());
  }

  get world(): PolicyWorld {
    return this.#world;
  }

  /** Writes switches in one transaction; returns what undoes it. */
  setGrants(changes: GrantChange[]): GrantChange[] {
    const { store, now } = this.#ports;
    const previous = store.transaction(() => store.putGrants(changes, now()));
    this.renew();
    return previous;
  }

  setPaused(paused: boolean): void {
    this.#ports.store.setFlag('paused', paused);
    this.renew();
  }

  /** Takes over what changed elsewhere (agents, tools of declared servers) under a new version. */
  renew(): void {
    this.#world = this.#build(this.#ports.store.bumpPolicyVersion());
    this.#ports.onChanged();
  }

  /** Follows a change of the catalog, which names declared switches by what is listed, without a new version. */
  refresh(): void {
    this.#world = this.#build(this.#world.version);
  }

  #build(version: number): PolicyWorld {
    const { store, agents } = this.#ports;
    const grants = store.grants();
    const policies = new Map<string, AgentPolicy>();
    for (const agent of agents.all()) {
      policies.set(agent.id, agent.declared ? this.#declaredPolicy(agent) : storedPolicy(agent, grants));
    }
    return { version, paused: store.flag('paused'), agents: policies };
  }

  /** Keys of a declaration are exposed names or `server__*`; the exposed name is looked up, never split. */
  #declaredPolicy(agent: KnownAgent): AgentPolicy {
    const tools = new Map<string, Effect>();
    const servers = new Map<string, Effect>();
    const switches = agent.declared?.tools ?? {};
    for (const server of this.#ports.catalog.servers()) {
      const whole = Object.hasOwn(switches, `${server.id}__*`) ? switches[`${server.id}__*`] : undefined;
      if (whole) servers.set(server.id, whole);
      for (const tool of this.#ports.catalog.toolsOf(server.id)) {
        const own = Object.hasOwn(switches, tool.exposedName) ? switches[tool.exposedName] : undefined;
        if (own) tools.set(toolKey(server.id, tool.name), own);
      }
    }
    return { paused: agent.paused, tools, servers, start: agent.declared?.defaultEffect ?? null };
  }
}

function storedPolicy(agent: KnownAgent, grants: readonly GrantRecord[]): AgentPolicy {
  const tools = new Map<string, Effect>();
  const servers = new Map<string, Effect>();
  let start: Effect | null = null;
  for (const grant of grants) {
    if (grant.agentId !== agent.id) continue;
    if (grant.serverId === anything) start = grant.effect;
    else if (grant.toolName === anything) servers.set(grant.serverId, grant.effect);
    else tools.set(toolKey(grant.serverId, grant.toolName), grant.effect);
  }
  return { paused: agent.paused, tools, servers, start };
}
