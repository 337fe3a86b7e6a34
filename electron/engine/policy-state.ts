import {
  type AgentPolicySettings,
  type Effect,
  type GrantChange,
  type PolicyChange,
  type PolicyFault,
  presets,
} from '../shared/index.ts';
import type { AgentRegistry, KnownAgent } from './agent-registry.ts';
import { type CompiledPolicy, compilePolicy } from './core/compile-policy.ts';
import { type AgentPolicy, type PolicyWorld, toolKey } from './core/evaluate.ts';
import { applyChanges, declaredAgentSettings, defaultAgentSettings, type PolicyBook } from './core/policy-book.ts';
import type { LogPort } from './ports.ts';
import type { GrantRecord, StoreWriter } from './store/contract.ts';
import type { Catalog } from './upstream/catalog.ts';

const anything = '*';
/** Tried again after this when the end of a rule could not be taken over. */
const retryMs = 60_000;
/** The longest time a timer can wait. */
const maxTimerMs = 2_147_483_647;

interface Ports {
  store: StoreWriter;
  agents: AgentRegistry;
  catalog: Catalog;
  now(): number;
  /** A new world is in force. */
  onChanged(): void;
  log: Pick<LogPort, 'error'>;
}

/** Keeps the policy in force as one immutable `PolicyWorld`, made anew with every change. */
export class PolicyState {
  readonly #ports: Ports;
  #book: PolicyBook;
  #world: PolicyWorld;
  #expiry: NodeJS.Timeout | null = null;
  #isPaused: boolean;
  #compiled: { book: PolicyBook; key: string; policy: CompiledPolicy } | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#book = readBook(ports.store);
    this.#isPaused = ports.store.flag('paused');
    this.#world = this.#build(ports.store.policyVersion(), this.#book);
    this.#watchExpiry();
  }

  get world(): PolicyWorld {
    return this.#world;
  }

  /** What a person wrote beyond the switches. */
  get book(): PolicyBook {
    return this.#book;
  }

  /** Stored rules that do not work, and block. */
  get faults(): readonly PolicyFault[] {
    return this.#world.rules.faults;
  }

  /** Writes switches in one transaction; returns what undoes it. */
  setGrants(changes: GrantChange[]): GrantChange[] {
    const { store, now } = this.#ports;
    const previous = store.transaction(() => store.putGrants(changes, now()));
    this.renew();
    return previous;
  }

  /** The kill switch. A pause is in force whether or not it can be written down; what cannot be written resumes nothing. */
  setPaused(paused: boolean): void {
    const { store, log } = this.#ports;
    if (!paused) {
      store.setFlag('paused', false);
      this.#isPaused = false;
      this.renew();
      return;
    }
    this.#isPaused = true;
    try {
      store.setFlag('paused', true);
      this.renew();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      log.error('the pause could not be written down, it holds until ScopeGate ends', { reason });
      this.#take(this.#build(this.#world.version, this.#book));
    }
  }

  /**
   * Writes changes in one transaction under a new version; returns what undoes them. `record` is called inside it with
   * the new version and each change: when it throws, nothing is written.
   */
  change(
    changes: readonly PolicyChange[],
    record: (version: number, change: PolicyChange, before: PolicyChange['value']) => void,
  ): PolicyChange[] {
    const { store, now } = this.#ports;
    const at = now();
    const applied = applyChanges(this.#book, changes, at);
    store.transaction(() => {
      const version = store.bumpPolicyVersion();
      let book = this.#book;
      for (const change of changes) {
        const step = applyChanges(book, [change], at);
        record(version, change, step.previous[0]?.value ?? null);
        writeChange(store, change, at);
        book = step.book;
      }
    });
    this.#book = applied.book;
    this.#take(this.#build(store.policyVersion(), this.#book));
    return applied.previous;
  }

  /** Policy as it would be with these changes; nothing is written. */
  draft(changes: readonly PolicyChange[]): { world: PolicyWorld; book: PolicyBook } {
    const { book } = applyChanges(this.#book, changes, this.#ports.now());
    return { world: this.#build(this.#world.version, book), book };
  }

  settingsOf(agentId: string): AgentPolicySettings {
    const own = this.#book.agents.get(agentId);
    if (own) return own;
    return this.#ports.agents.get(agentId)?.declared ? declaredAgentSettings : defaultAgentSettings;
  }

  /** Takes over what changed elsewhere (agents, remembered approvals, tools of declared servers) under a new version. */
  renew(): void {
    this.#take(this.#build(this.#ports.store.bumpPolicyVersion(), this.#book));
  }

  /** Follows a change of the catalog, which names declared switches by what is listed, without a new version. */
  refresh(): void {
    this.#world = this.#build(this.#world.version, this.#book);
  }

  close(): void {
    if (this.#expiry) clearTimeout(this.#expiry);
  }

  #take(world: PolicyWorld): void {
    this.#world = world;
    this.#watchExpiry();
    this.#ports.onChanged();
  }

  /** The end of a rule changes what is listed, and what a view says. */
  #watchExpiry(): void {
    if (this.#expiry) clearTimeout(this.#expiry);
    const now = this.#ports.now();
    const next = [...this.#book.rules.values()]
      .map(({ rule }) => rule.expiresAt)
      .reduce<number | null>(
        (first, at) => (at !== null && at > now && (first === null || at < first) ? at : first),
        null,
      );
    if (next === null) return;
    this.#renewIn(Math.min(next - now + 1, maxTimerMs));
  }

  /** A rule ends by itself whenever a call is decided: what fails here is only what lists and views say about it. */
  #renewIn(delayMs: number): void {
    this.#expiry = setTimeout(() => {
      try {
        this.renew();
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown';
        this.#ports.log.error('the end of a rule could not be written down, it does not apply any more', { reason });
        this.#renewIn(retryMs);
      }
    }, delayMs);
    this.#expiry.unref();
  }

  #build(version: number, book: PolicyBook): PolicyWorld {
    const { store, agents } = this.#ports;
    const grants = store.grants();
    const policies = new Map<string, AgentPolicy>();
    for (const agent of agents.all()) {
      const policy = agent.declared ? this.#declaredPolicy(agent) : storedPolicy(agent, grants);
      policies.set(agent.id, { ...policy, byTier: tiersOf(book.agents.get(agent.id)) });
    }
    return { version, paused: this.#isPaused, agents: policies, rules: this.#compile(book) };
  }

  /** The rules in force are compiled once, not for every switch or catalog that changes beside them. */
  #compile(book: PolicyBook): CompiledPolicy {
    const grants = this.#ports.store.liveGrants();
    const key = JSON.stringify(grants);
    if (this.#compiled?.book === book && this.#compiled.key === key) return this.#compiled.policy;
    const source = { rules: [...book.rules.values()], never: [...book.never.values()], broken: book.broken, grants };
    const policy = compilePolicy(source, this.#ports.now());
    if (book === this.#book) this.#compiled = { book, key, policy };
    return policy;
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

function readBook(store: StoreWriter): PolicyBook {
  const { rules, never, broken } = store.policyRules();
  return {
    rules: new Map(rules.map((stored) => [stored.rule.id, stored])),
    never: new Map(never.map((entry) => [entry.id, entry])),
    broken,
    risks: new Map(store.riskOverrides().map((risk) => [toolKey(risk.serverId, risk.tool), risk])),
    agents: store.agentPolicies(),
  };
}

function writeChange(store: StoreWriter, change: PolicyChange, at: number): void {
  switch (change.kind) {
    case 'rule':
      store.putRule(change.id, change.value ? { rule: change.value, confirmedAt: at } : null);
      break;
    case 'never':
      store.putNever(change.id, change.value);
      break;
    case 'risk':
      store.putRiskOverride(change.serverId, change.tool, change.value);
      break;
    case 'agent':
      store.putAgentPolicy(change.agentId, change.value);
      break;
  }
}

function tiersOf(settings: AgentPolicySettings | undefined): NonNullable<AgentPolicy['byTier']> | null {
  return presets.find((preset) => preset.id === settings?.preset)?.byTier ?? null;
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
