import { literalLength, matchesTemplate, prefixUri } from '../core/resource-uris.ts';

/** Addresses remembered for one agent; the oldest are forgotten, and learned again from the next list. */
const maxRoutes = 20_000;

export interface Route {
  serverId: string;
  /** The server's own address. */
  uri: string;
}

interface Learned extends Route {
  /** From a list of the server, which says more than a mention in a result. */
  isListed: boolean;
}

interface AgentRoutes {
  /** By the address the agent sees. */
  exact: Map<string, Learned>;
  templates: Map<string, Learned>;
}

/**
 * Which server an address belongs to, learned for each agent from what it was shown. Addresses stay as they are; only
 * where two servers have the same one the later gets a prefix. What no list and no result ever showed has no route.
 */
export class ResourceRoutes {
  readonly #agents = new Map<string, AgentRoutes>();
  readonly #appOf: (agentId: string, shown: string) => Route | null;

  /** `appOf`: the page of a tool the agent sees under an address; no other server gets that address. */
  constructor(appOf: (agentId: string, shown: string) => Route | null = () => null) {
    this.#appOf = appOf;
  }

  /** Notes an address and returns the one to show for it. */
  learn(agentId: string, serverId: string, uri: string, isListed: boolean): string {
    const holder = this.#appOf(agentId, uri)?.serverId ?? serverId;
    return learnInto(this.#of(agentId).exact, serverId, uri, isListed, holder !== serverId);
  }

  /** Notes a template of addresses and returns the one to show for it. */
  learnTemplate(agentId: string, serverId: string, template: string): string {
    return learnInto(this.#of(agentId).templates, serverId, template, true);
  }

  find(agentId: string, shown: string): Route | null {
    const routes = this.#of(agentId);
    return routes.exact.get(shown) ?? findByTemplate(routes.templates, shown);
  }

  /** Only what a list of a server named exactly. */
  listed(agentId: string, shown: string): Route | null {
    const route = this.#of(agentId).exact.get(shown);
    return route?.isListed ? route : null;
  }

  findTemplate(agentId: string, shown: string): Route | null {
    return this.#of(agentId).templates.get(shown) ?? null;
  }

  /** The address an agent knows a server's own one by. */
  shown(agentId: string, serverId: string, uri: string): string {
    const prefixed = prefixUri(serverId, uri);
    return this.#of(agentId).exact.get(prefixed)?.serverId === serverId ? prefixed : uri;
  }

  #of(agentId: string): AgentRoutes {
    let routes = this.#agents.get(agentId);
    if (!routes) {
      routes = { exact: new Map(), templates: new Map() };
      this.#agents.set(agentId, routes);
    }
    return routes;
  }
}

function learnInto(
  table: Map<string, Learned>,
  serverId: string,
  uri: string,
  isListed: boolean,
  isTaken = false,
): string {
  const holder = table.get(uri);
  // a mention in a result must not keep an address from the server that lists it
  const isFree = holder?.serverId === serverId || (!isTaken && (!holder || (isListed && !holder.isListed)));
  const shown = isFree ? uri : prefixUri(serverId, uri);
  table.set(shown, { serverId, uri, isListed: isListed || (holder?.serverId === serverId && holder.isListed) });
  if (table.size > maxRoutes) {
    const [oldest] = table.keys();
    if (oldest !== undefined) table.delete(oldest);
  }
  return shown;
}

/** The most telling template that fits; of equals the first learned. */
function findByTemplate(templates: Map<string, Learned>, uri: string): Route | null {
  let best: { shown: string; route: Learned } | null = null;
  for (const [shown, route] of templates) {
    if (!matchesTemplate(shown, uri)) continue;
    if (best === null || literalLength(shown) > literalLength(best.shown)) best = { shown, route };
  }
  if (best === null) return null;
  const { serverId, uri: template } = best.route;
  if (best.shown === template) return { serverId, uri };
  // the prefix stands where the two forms of the template part
  const added = best.shown.length - template.length;
  const at = template.startsWith('ui://') ? 'ui://'.length : 0;
  return { serverId, uri: uri.slice(0, at) + uri.slice(at + added) };
}
