import { randomBytes, randomUUID } from 'node:crypto';
import type { AgentView, Effect, RateLimit } from '../shared/index.ts';
import type { DeclaredAgent } from './contract.ts';
import { hashToken, mintToken, TokenIndex, tokenHint } from './core/agent-token.ts';
import type { AgentIdentity, SessionInfo } from './exchange.ts';
import { BridgeFault } from './faults.ts';
import type { AgentRecord, StoreWriter } from './store/contract.ts';

/** An agent's row, or the like of it made from a declaration. */
export interface KnownAgent extends AgentRecord {
  /** Present when a configuration file declares the agent. */
  declared: DeclaredAgent | null;
}

const touchEveryMs = 60_000;

/**
 * All agents, stored and declared, and the tokens that open the gateway to them. A declared agent is never written to
 * the store; it hides a stored one of the same id.
 */
export class AgentRegistry {
  readonly #store: StoreWriter;
  readonly #now: () => number;
  readonly #agents = new Map<string, KnownAgent>();
  readonly #tokens = new TokenIndex<AgentIdentity>();

  constructor(store: StoreWriter, declared: readonly DeclaredAgent[], now: () => number) {
    this.#store = store;
    this.#now = now;
    for (const record of store.agents()) {
      // removed agents can be restored until the engine ends; this is the next start
      if (record.removedAt !== null) {
        store.deleteAgent(record.id);
        store.deleteAgentPrograms(record.id, null);
      } else this.#agents.set(record.id, { ...record, declared: null });
    }
    const pauses = store.declaredPauses();
    for (const agent of declared) {
      const known = describeDeclared(agent, now());
      this.#agents.set(known.id, { ...known, paused: pauses.has(known.id) });
    }
    this.#reindex();
  }

  authenticate(token: string): AgentIdentity | null {
    return this.#tokens.find(token);
  }

  get(id: string): KnownAgent | undefined {
    return this.#agents.get(id);
  }

  /** Agents that are not removed, oldest first. */
  all(): KnownAgent[] {
    return [...this.#agents.values()].filter((agent) => agent.removedAt === null);
  }

  /** Throws `BridgeFault` when the agent does not exist or is declared in a file. */
  editable(id: string): KnownAgent {
    const agent = this.existing(id);
    if (agent.declared)
      throw new BridgeFault(
        'managed',
        `${agent.name} is declared in a configuration file.`,
        'Change it in that file and start again.',
      );
    return agent;
  }

  /** Throws `BridgeFault` when the agent does not exist. */
  existing(id: string): KnownAgent {
    const agent = this.#agents.get(id);
    if (!agent)
      throw new BridgeFault('not_found', 'This agent does not exist any more.', 'Go back to the list of agents.');
    return agent;
  }

  create(name: string): { agent: KnownAgent; token: string } {
    if (this.all().some((agent) => agent.name.toLowerCase() === name.toLowerCase())) {
      throw new BridgeFault('conflict', `There is already an agent called ${name}.`, 'Choose another name.');
    }
    const id = randomUUID();
    const { token, hash, hint } = makeToken(id);
    const agent: KnownAgent = {
      id,
      name,
      tokenHash: hash,
      tokenHint: hint,
      clientName: null,
      paused: false,
      limit: null,
      toolLimit: null,
      createdAt: this.#now(),
      lastSeenAt: null,
      removedAt: null,
      declared: null,
    };
    this.#put(agent);
    return { agent, token };
  }

  rotate(id: string): { agent: KnownAgent; token: string } {
    const { token, hash, hint } = makeToken(id);
    const agent = this.change(id, { tokenHash: hash, tokenHint: hint });
    return { agent, token };
  }

  change(
    id: string,
    changes: Partial<
      Pick<AgentRecord, 'name' | 'paused' | 'limit' | 'toolLimit' | 'removedAt' | 'tokenHash' | 'tokenHint'>
    >,
  ): KnownAgent {
    const agent = { ...this.editable(id), ...changes };
    this.#put(agent);
    return agent;
  }

  /**
   * Pauses or resumes any agent, a declared one too: a person can always stop an agent. A pause counts even when writing
   * it down throws. Throws `BridgeFault`.
   */
  setPaused(id: string, paused: boolean): void {
    const agent = this.existing(id);
    if (paused) this.#agents.set(id, { ...agent, paused });
    if (!agent.declared) {
      this.change(id, { paused });
      return;
    }
    this.#store.putDeclaredPause(id, paused);
    this.#agents.set(id, { ...agent, paused });
  }

  /** Notes that the agent opened a session, with the name its client gave itself. */
  sessionOpened(id: string, session: SessionInfo): void {
    const agent = this.#agents.get(id);
    if (!agent) return;
    agent.clientName = session.clientInfo
      ? `${session.clientInfo.name} ${session.clientInfo.version}`.slice(0, 120)
      : null;
    this.#touch(agent);
  }

  /** Notes that the agent was active; the row is written at most once a minute. */
  seen(id: string): void {
    const agent = this.#agents.get(id);
    if (agent && this.#now() - (agent.lastSeenAt ?? 0) > touchEveryMs) this.#touch(agent);
  }

  #touch(agent: KnownAgent): void {
    agent.lastSeenAt = this.#now();
    if (!agent.declared) this.#store.touchAgent(agent.id, agent.lastSeenAt, agent.clientName);
  }

  #put(agent: KnownAgent): void {
    const { declared: _declared, ...record } = agent;
    this.#store.putAgent(record);
    this.#agents.set(agent.id, agent);
    this.#reindex();
  }

  #reindex(): void {
    this.#tokens.replace(
      this.all().map((agent) => ({ hash: agent.tokenHash, holder: { id: agent.id, name: agent.name } })),
    );
  }
}

/** How the UI sees an agent. */
export function viewAgent(agent: KnownAgent, defaultEffect: Effect | null, sessions: number): AgentView {
  return {
    id: agent.id,
    name: agent.name,
    tokenHint: agent.tokenHint,
    clientName: agent.clientName,
    paused: agent.paused,
    defaultEffect,
    limit: agent.limit,
    toolLimit: agent.toolLimit,
    createdAt: agent.createdAt,
    lastSeenAt: agent.lastSeenAt,
    sessions,
    managed: agent.declared !== null,
  };
}

export function limitsOf(agent: KnownAgent | undefined): { agent: RateLimit | null; tool: RateLimit | null } {
  return { agent: agent?.limit ?? null, tool: agent?.toolLimit ?? null };
}

function makeToken(id: string): { token: string; hash: Buffer; hint: string } {
  const token = mintToken(id, randomBytes(32));
  return { token, hash: hashToken(token), hint: tokenHint(token) };
}

/** Declared agents keep their id over restarts, so that their history stays theirs. */
function declaredId(name: string): string {
  return `declared:${name}`;
}

function describeDeclared(agent: DeclaredAgent, now: number): KnownAgent {
  return {
    id: declaredId(agent.name),
    name: agent.name,
    tokenHash: hashToken(agent.token),
    tokenHint: tokenHint(agent.token),
    clientName: null,
    paused: false,
    limit: agent.limit,
    toolLimit: null,
    createdAt: now,
    lastSeenAt: null,
    removedAt: null,
    declared: agent,
  };
}
