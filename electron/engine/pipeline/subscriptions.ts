import { closeResponse } from '../eras/raw-message.ts';
import type { Exchange } from '../exchange.ts';
import type { LinkUser } from '../upstream/contract.ts';
import { LinkFault, type UpstreamLink } from '../upstream/link.ts';
import type { JsonObject, RawResponse } from '../wire/json-rpc.ts';

/** One session's, or one modern agent's, wish to hear of changes of a resource. */
interface Subscription {
  agentId: string;
  /** Null: the agent's listen streams (modern). */
  sessionId: string | null;
  scope: string | null;
  serverId: string;
  /** The server's own address, and the one the agent knows. */
  uri: string;
  shown: string;
  /** The connection that is subscribed: what comes and goes for it is counted together. */
  channel: string;
  link: UpstreamLink;
  /** How many times it was asked for; a modern agent may listen on several streams. */
  count: number;
  release(): void;
}

interface Ports {
  hold(serverId: string): () => void;
  shown(agentId: string, serverId: string, uri: string): string;
  /** False: policy has since closed the server to this agent. */
  mayHear(agentId: string, serverId: string): boolean;
  notify(agentId: string, method: string, params: JsonObject, sessionId?: string): void;
}

const requestMs = 30_000;
const maxPerAgent = 1_000;

/**
 * Who wants to hear of changes of which resource. Each connection is subscribed once for each address however many
 * want it, and no more when nobody is left; the link itself subscribes anew when its server comes back.
 */
export class Subscriptions {
  readonly #ports: Ports;
  readonly #all = new Map<string, Subscription>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Throws `LinkFault` when the server refuses. */
  async add(
    exchange: Exchange,
    serverId: string,
    uri: string,
    link: UpstreamLink,
    user?: LinkUser,
  ): Promise<RawResponse> {
    const key = keyOf(exchange, serverId, uri);
    const known = this.#all.get(key);
    // a modern link is one for all users; a legacy one with a user is that user's own
    const channel = JSON.stringify([serverId, link.era === 'legacy' ? (user ?? null) : null]);
    if (!known && this.#countOf(exchange.agent.id) >= maxPerAgent)
      return closeResponse({
        has: 'error',
        error: { code: -32000, message: 'This agent has too many subscriptions.' },
      });
    const isHeld = this.#isHeld(channel, uri);
    // a session that asks twice still hears once, and one unsubscribe ends it
    if (known) known.count += known.sessionId === null ? 1 : 0;
    else {
      const { agent, session, scope, params } = exchange;
      const shown = typeof params.uri === 'string' ? params.uri : uri;
      const who = { agentId: agent.id, sessionId: session?.id ?? null, scope, serverId, channel };
      this.#all.set(key, { ...who, uri, shown, link, count: 1, release: this.#ports.hold(serverId) });
    }
    // noted first: a server may tell of a change in the same breath as it agrees
    if (!isHeld) await this.#subscribe(key, link, uri);
    return closeResponse({ has: 'result', result: {} });
  }

  async remove(exchange: Exchange, serverId: string, uri: string): Promise<void> {
    const key = keyOf(exchange, serverId, uri);
    const subscription = this.#all.get(key);
    if (!subscription) return;
    subscription.count -= 1;
    if (subscription.count === 0) await this.#drop(key, subscription);
  }

  /** The server says a resource, or a part of one, changed. `owner`: whose own link said so; null: the shared one. */
  updated(serverId: string, owner: string | null, params: JsonObject): void {
    const { uri } = params;
    if (typeof uri !== 'string') return;
    for (const subscription of this.#all.values()) {
      const { agentId, sessionId, scope } = subscription;
      const isMeant = subscription.serverId === serverId && uri.startsWith(subscription.uri);
      if (!isMeant || (owner !== null && owner !== agentId) || !this.#ports.mayHear(agentId, serverId)) continue;
      const shown =
        uri === subscription.uri
          ? subscription.shown
          : scope === null
            ? this.#ports.shown(agentId, serverId, uri)
            : uri;
      const method = 'notifications/resources/updated';
      this.#ports.notify(agentId, method, { ...params, uri: shown }, sessionId ?? undefined);
    }
  }

  /** A legacy session is over; `sessionId` null: all of the agent's. */
  async end(agentId: string, sessionId: string | null): Promise<void> {
    for (const [key, subscription] of [...this.#all]) {
      if (subscription.agentId !== agentId) continue;
      if (sessionId === null || subscription.sessionId === sessionId) await this.#drop(key, subscription);
    }
  }

  async #drop(key: string, subscription: Subscription): Promise<void> {
    this.#all.delete(key);
    subscription.release();
    const { channel, link, uri } = subscription;
    if (this.#isHeld(channel, uri)) return;
    try {
      await link.request('resources/unsubscribe', { uri }, requestMs);
    } catch (error) {
      // a server that is gone has nothing to forget
      if (!(error instanceof LinkFault)) throw error;
    }
  }

  async #subscribe(key: string, link: UpstreamLink, uri: string): Promise<void> {
    try {
      await link.request('resources/subscribe', { uri }, requestMs);
    } catch (error) {
      this.#all.get(key)?.release();
      this.#all.delete(key);
      throw error;
    }
  }

  #isHeld(channel: string, uri: string): boolean {
    return [...this.#all.values()].some((other) => other.channel === channel && other.uri === uri);
  }

  #countOf(agentId: string): number {
    return [...this.#all.values()].filter((subscription) => subscription.agentId === agentId).length;
  }
}

function keyOf(exchange: Exchange, serverId: string, uri: string): string {
  return JSON.stringify([exchange.agent.id, exchange.session?.id ?? null, serverId, uri]);
}
