import { closeResponse } from '../eras/raw-message.ts';
import type { Exchange, SessionInfo } from '../exchange.ts';
import type { LinkUser } from '../upstream/contract.ts';
import { LinkFault, type UpstreamLink } from '../upstream/link.ts';
import type { JsonObject, RawResponse } from '../wire/json-rpc.ts';

/** One legacy session's, or one modern listen stream's, wish to hear of changes of a resource. */
interface Subscription {
  agentId: string;
  /** Whose it is: the id of a legacy session, or what stands for a modern stream. */
  holder: string | SessionInfo | null;
  scope: string | null;
  serverId: string;
  /** The server's own address, and the one the agent knows. */
  uri: string;
  shown: string;
  /** The connection that is subscribed: what comes and goes for it is counted together. */
  channel: string;
  link: UpstreamLink;
  release(): void;
}

interface Ports {
  hold(serverId: string): () => void;
  shown(agentId: string, serverId: string, uri: string): string;
  /** False: policy has since closed the server to this agent. */
  mayHear(agentId: string, serverId: string): boolean;
  notify(
    agentId: string,
    method: string,
    params: JsonObject,
    sessionId: string | undefined,
    serverIds: readonly string[],
  ): void;
}

const requestMs = 30_000;
const maxPerAgent = 1_000;

/**
 * Who wants to hear of changes of which resource. Each connection is subscribed once for each address however many
 * want it, and no more when nobody is left; the link itself subscribes anew when its server comes back.
 */
export class Subscriptions {
  readonly #ports: Ports;
  readonly #all = new Set<Subscription>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Asking again changes nothing: one `remove` ends it. Throws `LinkFault` when the server refuses. */
  async add(
    exchange: Exchange,
    serverId: string,
    uri: string,
    link: UpstreamLink,
    user?: LinkUser,
  ): Promise<RawResponse> {
    const { agent, scope, params } = exchange;
    const shown = typeof params.uri === 'string' ? params.uri : uri;
    const known = this.#find(exchange, shown);
    if (known?.serverId === serverId && known.uri === uri) return done();
    // the address has come to mean another resource
    if (known) await this.#drop(known);
    if (this.#countOf(agent.id) >= maxPerAgent)
      return closeResponse({
        has: 'error',
        error: { code: -32000, message: 'This agent has too many subscriptions.' },
      });
    // a modern link is one for all users; a legacy one with a user is that user's own
    const channel = JSON.stringify([serverId, link.era === 'legacy' ? (user ?? null) : null]);
    const isHeld = this.#isHeld(channel, uri);
    const who = { agentId: agent.id, holder: holderOf(exchange), scope, serverId, channel };
    const subscription = { ...who, uri, shown, link, release: this.#ports.hold(serverId) };
    // noted first: a server may tell of a change in the same breath as it agrees
    this.#all.add(subscription);
    if (!isHeld) await this.#subscribe(subscription);
    return done();
  }

  /** By the address the agent knows, whatever policy has become since: ending only ever narrows. */
  async remove(exchange: Exchange, shown: string): Promise<void> {
    const subscription = this.#find(exchange, shown);
    if (subscription) await this.#drop(subscription);
  }

  /** The server says a resource, or a part of one, changed. `owner`: whose own link said so; null: the shared one. */
  updated(serverId: string, owner: string | null, params: JsonObject): void {
    const { uri } = params;
    if (typeof uri !== 'string') return;
    const told = new Set<string>();
    for (const subscription of this.#all) {
      const { agentId, holder, scope } = subscription;
      const isMeant = subscription.serverId === serverId && uri.startsWith(subscription.uri);
      if (!isMeant || (owner !== null && owner !== agentId) || !this.#ports.mayHear(agentId, serverId)) continue;
      const shown =
        uri === subscription.uri
          ? subscription.shown
          : scope === null
            ? this.#ports.shown(agentId, serverId, uri)
            : uri;
      const sessionId = typeof holder === 'string' ? holder : undefined;
      // one notice reaches all streams of a modern agent that want it
      const notice = JSON.stringify([agentId, sessionId ?? null, shown]);
      if (told.has(notice)) continue;
      told.add(notice);
      const method = 'notifications/resources/updated';
      this.#ports.notify(agentId, method, { ...params, uri: shown }, sessionId, [serverId]);
    }
  }

  /** A session or stream is over; `session` null: all of the agent's, it was removed. */
  async end(agentId: string, session: SessionInfo | null): Promise<void> {
    const holder = session && (session.id ?? session);
    for (const subscription of [...this.#all]) {
      if (subscription.agentId === agentId && (holder === null || subscription.holder === holder))
        await this.#drop(subscription);
    }
  }

  /** The server was removed: there is nobody to tell. */
  endServer(serverId: string): void {
    for (const subscription of [...this.#all]) if (subscription.serverId === serverId) this.#forget(subscription);
  }

  #find(exchange: Exchange, shown: string): Subscription | null {
    const holder = holderOf(exchange);
    for (const subscription of this.#all) {
      const { agentId, scope } = subscription;
      const isOwn = agentId === exchange.agent.id && subscription.holder === holder && scope === exchange.scope;
      if (isOwn && subscription.shown === shown) return subscription;
    }
    return null;
  }

  /** False: it was gone already. */
  #forget(subscription: Subscription): boolean {
    if (!this.#all.delete(subscription)) return false;
    subscription.release();
    return true;
  }

  async #drop(subscription: Subscription): Promise<void> {
    const { channel, link, uri } = subscription;
    if (!this.#forget(subscription) || this.#isHeld(channel, uri)) return;
    try {
      await link.request('resources/unsubscribe', { uri }, requestMs);
    } catch (error) {
      // a server that is gone has nothing to forget
      if (!(error instanceof LinkFault)) throw error;
    }
  }

  async #subscribe(subscription: Subscription): Promise<void> {
    try {
      await subscription.link.request('resources/subscribe', { uri: subscription.uri }, requestMs);
    } catch (error) {
      this.#forget(subscription);
      throw error;
    }
  }

  #isHeld(channel: string, uri: string): boolean {
    return [...this.#all].some((other) => other.channel === channel && other.uri === uri);
  }

  #countOf(agentId: string): number {
    return [...this.#all].filter((subscription) => subscription.agentId === agentId).length;
  }
}

/** A modern client has no session; each of its streams says who it is with an object of its own. */
function holderOf({ session }: Exchange): Subscription['holder'] {
  return session && (session.id ?? session);
}

function done(): RawResponse {
  return closeResponse({ has: 'result', result: {} });
}
