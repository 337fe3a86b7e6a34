import { canonicalJson } from '../core/canonical.ts';
import type { LinkUser } from './contract.ts';
import type { FaultMaker } from './faults.ts';
import type { UpstreamLink } from './link.ts';
import type { LinkSlot } from './link-slot.ts';

/** Running links of users to one server; a process costs some 100 MB. */
const maxRunning = 16;
/** Users remembered with what they asked for, running or not. */
export const maxUsers = 128;

interface OwnLink {
  user: LinkUser;
  slot: LinkSlot;
}

/** Owner of the links that users of one legacy server have for themselves, keyed by agent and client capabilities. */
export class OwnLinks {
  readonly #links = new Map<string, OwnLink>();
  readonly #makeSlot: (user: LinkUser) => LinkSlot;
  readonly #makeFault: FaultMaker;

  constructor(makeSlot: (user: LinkUser) => LinkSlot, makeFault: FaultMaker) {
    this.#makeSlot = makeSlot;
    this.#makeFault = makeFault;
  }

  slots(): LinkSlot[] {
    return [...this.#links.values()].map(({ slot }) => slot);
  }

  /** Where this user's link is started; another that nobody uses makes room. Throws a `LinkFault` when none can. */
  slotOf(user: LinkUser): LinkSlot {
    const key = userKey(user);
    const own = this.#links.get(key) ?? { user, slot: this.#makeSlot(user) };
    if (!own.slot.isLive) this.#makeRoom(own.slot);
    this.#links.set(key, own);
    return own.slot;
  }

  runningOf(agentId: string): UpstreamLink[] {
    const own = [...this.#links.values()].filter(({ user }) => user.agentId === agentId);
    return own.flatMap(({ slot }) => slot.link ?? []);
  }

  /** The next call of its user gets another one. */
  forget(slot: LinkSlot): void {
    for (const [key, own] of this.#links) if (own.slot === slot) this.#links.delete(key);
  }

  async endAgent(agentId: string): Promise<void> {
    const ended = [...this.#links].filter(([, { user }]) => user.agentId === agentId);
    for (const [key] of ended) this.#links.delete(key);
    await Promise.all(ended.map(([, { slot }]) => slot.stop()));
  }

  async stop(): Promise<void> {
    const slots = this.slots();
    this.#links.clear();
    await Promise.all(slots.map((slot) => slot.stop()));
  }

  #makeRoom(wanted: LinkSlot): void {
    const others = [...this.#links].filter(([, { slot }]) => slot !== wanted);
    const byUse = others.sort(([, a], [, b]) => a.slot.usedAt - b.slot.usedAt);
    const live = byUse.filter(([, { slot }]) => slot.isLive);
    if (live.length >= maxRunning) {
      const leaving = live.find(([, { slot }]) => slot.isIdle);
      if (leaving === undefined) throw this.#makeFault('other', crowded);
      leaving[1].slot.stopLink();
    }
    const resting = byUse.filter(([, { slot }]) => !slot.isLive && slot.isIdle);
    for (const [key] of resting.slice(0, Math.max(0, this.#links.size - maxUsers))) this.#links.delete(key);
  }
}

/** Equal capabilities in another order are the same user. */
export function userKey({ agentId, capabilities, credentialKey = '' }: LinkUser): string {
  return `${agentId}\0${canonicalJson(capabilities)}\0${credentialKey}`;
}

const crowded = {
  message: `${maxRunning} agents use this server at the same time, each over a connection of its own.`,
  fix: 'Try again when one of them is done, or end sessions that are not needed.',
};
