import type { AgentPrograms, CallingProcess } from '../../shared/index.ts';
import { programKey, suspectProgram } from '../core/program-path.ts';
import type { AgentIdentity, Caller, Exchange } from '../exchange.ts';
import type { LogPort } from '../ports.ts';
import type { StoreWriter } from '../store/contract.ts';
import type { AuditGate } from './audit-gate.ts';

interface Ports {
  store: Pick<StoreWriter, 'agentPrograms' | 'putAgentProgram' | 'deleteAgentPrograms'>;
  audit: AuditGate;
  log: LogPort;
  now(): number;
  /** What is expected of an agent, or was seen of it, is no longer what a UI shows. */
  onChanged(agentId: string): void;
}

/** How long a decision waits for the lookup of a new connection, milliseconds; only where a program is expected. */
const patienceMs = 250;
/** Programs that were not expected are remembered for the person to accept: so many for each agent. */
const maxOthers = 8;

/**
 * Which programs may be expected behind each agent's token. The first one seen is learned; a person accepts others or has
 * them forgotten. It never refuses: what comes from another program counts as dangerous, and policy says what follows.
 */
export class ProgramBook {
  readonly #ports: Ports;
  /** By agent: path → since when. */
  readonly #expected = new Map<string, Map<string, number>>();
  /** Seen and not expected; in memory only. By agent: path → last seen. */
  readonly #others = new Map<string, Map<string, number>>();

  constructor(ports: Ports) {
    this.#ports = ports;
    for (const { agentId, path, acceptedAt } of ports.store.agentPrograms()) this.#of(agentId).set(path, acceptedAt);
  }

  /** A connection of this agent came up. */
  connected(agent: AgentIdentity, caller: Caller): void {
    void caller.ready().then(() => {
      const process = caller.current();
      if (process) this.#note(agent, process);
    });
  }

  /** Why this exchange counts as dangerous for the program behind it; null: it does not. */
  suspect({ agent, caller }: Exchange): string | null {
    if (caller === undefined) return null;
    const expected = this.#expected.get(agent.id);
    // a lookup that is still under way is no evidence
    if (!expected?.size || !caller.isSettled()) return null;
    return suspectProgram(caller.current(), [...expected.keys()]);
  }

  /** True when a decision should wait for `known`. */
  isLearning({ agent, caller }: Exchange): boolean {
    return caller !== undefined && !caller.isSettled() && (this.#expected.get(agent.id)?.size ?? 0) > 0;
  }

  /** Resolves when the program behind the exchange is known, or will not be soon. */
  async known({ caller }: Exchange): Promise<void> {
    if (caller === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([caller.ready(), late]);
    clearTimeout(timer);
  }

  view(agentId: string): AgentPrograms {
    const list = (programs: ReadonlyMap<string, number> | undefined) =>
      [...(programs ?? [])].map(([path, at]) => ({ path, at }));
    return { expected: list(this.#expected.get(agentId)), others: list(this.#others.get(agentId)) };
  }

  /** The person expects this program from now on. The row of the change is written by whoever asks for it. */
  accept(agentId: string, path: string): void {
    const acceptedAt = this.#ports.now();
    this.#ports.store.putAgentProgram({ agentId, path, acceptedAt });
    this.#of(agentId).set(path, acceptedAt);
    this.#others.get(agentId)?.delete(path);
    this.#ports.onChanged(agentId);
  }

  /** Null: all of them. With none left the next program seen is learned. */
  forget(agentId: string, path: string | null): void {
    this.#ports.store.deleteAgentPrograms(agentId, path);
    if (path === null) this.#expected.delete(agentId);
    else this.#expected.get(agentId)?.delete(path);
    this.#ports.onChanged(agentId);
  }

  #note(agent: AgentIdentity, { path }: CallingProcess): void {
    const expected = this.#of(agent.id);
    const key = programKey(path);
    if ([...expected.keys()].some((known) => programKey(known) === key)) return;
    if (expected.size > 0) {
      this.#noteOther(agent.id, path);
      return;
    }
    const { audit, log } = this.#ports;
    const about = { agentId: agent.id, agentName: agent.name, details: { path } };
    try {
      if (audit.append({ event: 'agent.program_learned', actor: 'engine', ...about })) this.accept(agent.id, path);
    } catch (error) {
      // nothing is expected then, as before
      log.warn('the program of an agent could not be noted', {
        error: error instanceof Error ? error.message : 'unknown',
      });
    }
  }

  #noteOther(agentId: string, path: string): void {
    const others = this.#others.get(agentId) ?? new Map<string, number>();
    others.delete(path);
    others.set(path, this.#ports.now());
    const [oldest] = others.keys();
    if (others.size > maxOthers && oldest !== undefined) others.delete(oldest);
    this.#others.set(agentId, others);
    this.#ports.onChanged(agentId);
  }

  #of(agentId: string): Map<string, number> {
    const programs = this.#expected.get(agentId) ?? new Map<string, number>();
    this.#expected.set(agentId, programs);
    return programs;
  }
}
