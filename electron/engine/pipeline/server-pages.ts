import { toLegacyResult } from '../eras/translate-response.ts';
import type { Exchange } from '../exchange.ts';
import type { CatalogServer } from '../upstream/catalog.ts';
import { LinkFault } from '../upstream/link.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { linkUserOf } from './link-user.ts';
import { isPausedFor } from './paused.ts';
import type { PipelinePorts } from './ports.ts';

export type ListMethod = 'prompts/list' | 'resources/list' | 'resources/templates/list';

/** The member of the result that holds the list, and the capability of servers that have one. */
export const listShapes = {
  'prompts/list': { member: 'prompts', capability: 'prompts' },
  'resources/list': { member: 'resources', capability: 'resources' },
  'resources/templates/list': { member: 'resourceTemplates', capability: 'resources' },
} as const satisfies Record<ListMethod, { member: string; capability: string }>;

export interface Page {
  items: JsonObject[];
  nextCursor: string | null;
  /** Every other member of the result that is the server's own. */
  rest: JsonObject;
}

const pageMs = 30_000;
/** Of one server at one reading for an unknown name. */
const maxPages = 50;
/** Between two readings of the same list because of unknown names, milliseconds. */
const rereadMs = 5_000;

/** Servers this agent gets such a list of. One that was never heard of is tried; a paused agent gets none. */
export function listedServers(ports: PipelinePorts, exchange: Exchange, method: ListMethod): CatalogServer[] {
  if (isPausedFor(ports, exchange.agent.id)) return [];
  return ports.visibility.open(exchange.agent.id, exchange.scope).filter((server) => {
    const capabilities = ports.facts(server.id)?.hello?.capabilities;
    return capabilities === undefined || capabilities[listShapes[method].capability] !== undefined;
  });
}

/** One page of one server's list, as the server wrote it. Throws `LinkFault`. */
export async function readPage(
  ports: PipelinePorts,
  exchange: Exchange,
  server: CatalogServer,
  method: ListMethod,
  cursor: string | null,
): Promise<Page> {
  const release = ports.hold(server.id);
  try {
    const link = await ports.link(
      server.id,
      exchange.signal,
      linkUserOf(ports, exchange, server.id),
      exchange.agent.id,
    );
    // the link may have taken long to open
    if (isPausedFor(ports, exchange.agent.id)) return { items: [], nextCursor: null, rest: {} };
    const result = await link.request(method, cursor === null ? {} : { cursor }, pageMs);
    const { member } = listShapes[method];
    const { [member]: items, nextCursor, ...rest } = isObject(result) ? toLegacyResult(result) : {};
    const listed = Array.isArray(items) ? items.filter(isObject) : [];
    return {
      items: listed,
      nextCursor: typeof nextCursor === 'string' ? nextCursor : null,
      rest,
    };
  } finally {
    release();
  }
}

/** The same page for the list of several servers: one that fails is left out, and the person sees why. */
export async function tryReadPage(
  ports: PipelinePorts,
  exchange: Exchange,
  server: CatalogServer,
  method: ListMethod,
  cursor: string | null,
): Promise<Page | null> {
  try {
    const page = await readPage(ports, exchange, server, method, cursor);
    ports.listFaults.clear(server.id, method);
    return page;
  } catch (error) {
    if (!(error instanceof LinkFault)) throw error;
    if (error.kind !== 'cancelled') ports.listFaults.set(server.id, method, error.fault);
    return null;
  }
}

/**
 * Before a name nobody knows is refused: servers that were never read are waited for, and these lists are read. On the path
 * of one server it knows its names itself.
 */
export async function readForName(
  ports: PipelinePorts,
  exchange: Exchange,
  methods: readonly ListMethod[],
): Promise<void> {
  const { scope, signal } = exchange;
  const unread = await ports.firstSync(signal, { scope, kind: 'name' });
  if (scope === null) await readAllPages(ports, exchange, methods, unread);
}

/**
 * Reads these lists of every server to the end, so that a name nobody asked a list for yet is found. What is found is
 * learned in the order in which an agent that pages would see it, whichever server answers first.
 */
async function readAllPages(
  ports: PipelinePorts,
  exchange: Exchange,
  methods: readonly ListMethod[],
  unread: ReadonlySet<string>,
): Promise<void> {
  await Promise.all(
    methods.map((method) =>
      ports.rereads.once(JSON.stringify([exchange.agent.id, method]), rereadMs, async () => {
        const servers = listedServers(ports, exchange, method).filter(({ id }) => !unread.has(id));
        const read = await Promise.all(servers.map((server) => readToEnd(ports, exchange, server, method)));
        const most = Math.max(0, ...read.map((pages) => pages.length));
        for (let index = 0; index < most; index += 1)
          for (const [at, server] of servers.entries())
            showItems(ports, exchange, server.id, method, read[at]?.[index] ?? []);
      }),
    ),
  );
}

async function readToEnd(
  ports: PipelinePorts,
  exchange: Exchange,
  server: CatalogServer,
  method: ListMethod,
): Promise<JsonObject[][]> {
  const pages: JsonObject[][] = [];
  let cursor: string | null = null;
  while (pages.length < maxPages) {
    const page: Page | null = await tryReadPage(ports, exchange, server, method, cursor);
    if (page === null) break;
    pages.push(page.items);
    if (page.nextCursor === null || page.nextCursor === cursor) break;
    cursor = page.nextCursor;
  }
  return pages;
}

/** Names and addresses as this agent knows them; each is remembered. On a server's own path they stay as they are. */
export function showItems(
  ports: PipelinePorts,
  exchange: Exchange,
  serverId: string,
  method: ListMethod,
  items: JsonObject[],
): JsonObject[] {
  const { agent, scope } = exchange;
  if (scope !== null) return items;
  return items.flatMap<JsonObject>((item) => {
    if (method === 'prompts/list') {
      if (typeof item.name !== 'string') return item;
      const name = ports.prompts.learn(serverId, item.name);
      return name === null ? [] : { ...item, name };
    }
    if (method === 'resources/templates/list') {
      const { uriTemplate } = item;
      if (typeof uriTemplate !== 'string') return item;
      return { ...item, uriTemplate: ports.resources.learnTemplate(agent.id, serverId, uriTemplate) };
    }
    return typeof item.uri === 'string'
      ? { ...item, uri: ports.resources.learn(agent.id, serverId, item.uri, true) }
      : item;
  });
}
