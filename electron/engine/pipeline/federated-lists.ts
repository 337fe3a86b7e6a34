import { openCursor, type ServerCursors, sealCursor } from '../core/composite-cursor.ts';
import type { Exchange } from '../exchange.ts';
import type { CatalogServer } from '../upstream/catalog.ts';
import { LinkFault } from '../upstream/link.ts';
import type { JsonObject, Reply } from '../wire/json-rpc.ts';
import { rpcErrorCodes } from '../wire/json-rpc.ts';
import { isPausedFor } from './paused.ts';
import type { PipelinePorts } from './ports.ts';
import { type ListMethod, listedServers, listShapes, readPage, showItems, tryReadPage } from './server-pages.ts';
import { tellFault } from './settle.ts';

const invalidCursor: Reply = {
  kind: 'error',
  error: { code: rpcErrorCodes.invalidParams, message: 'Invalid cursor' },
};

/**
 * A list of prompts, resources or templates: one page of each server the agent sees, asked at the same time, and one
 * cursor for the next page of each that has more. A server that fails is left out and shown to the person.
 */
export async function listAcross(ports: PipelinePorts, exchange: Exchange, method: ListMethod): Promise<Reply> {
  const { cursor } = exchange.params;
  if (cursor !== undefined && typeof cursor !== 'string') return invalidCursor;
  if (isPausedFor(ports, exchange.agent.id)) return empty(method);
  const unread = await ports.firstSync(exchange.signal, { scope: exchange.scope, kind: 'list' });
  const all = listedServers(ports, exchange, method);
  // one that hangs at its first start is told of when it comes
  const servers = exchange.scope === null ? all.filter(({ id }) => !unread.has(id)) : all;
  const { agent } = exchange;
  const asked = cursor === undefined ? null : openCursor(ports.key, agent.id, method, cursor);
  // a cursor a server never gave would be words of the agent on their way to it
  if (cursor !== undefined && asked === null) return invalidCursor;
  const [only] = servers;
  if (exchange.scope !== null) {
    if (!only || (asked && !Object.hasOwn(asked, only.id))) return only ? invalidCursor : empty(method);
    return listOne(ports, exchange, only, method, asked?.[only.id] ?? null);
  }
  const pages = await Promise.all(
    servers
      .filter((server) => asked === null || Object.hasOwn(asked, server.id))
      .map(async (server) => ({
        serverId: server.id,
        page: await tryReadPage(ports, exchange, server, method, asked?.[server.id] ?? null),
      })),
  );
  const next: ServerCursors = {};
  for (const { serverId, page } of pages) if (page?.nextCursor) next[serverId] = page.nextCursor;
  // in the order of the servers, so that who answers first never decides who keeps an address
  const items = pages.flatMap(({ serverId, page }) => showItems(ports, exchange, serverId, method, page?.items ?? []));
  const result: JsonObject = { [listShapes[method].member]: items };
  if (Object.keys(next).length > 0) result.nextCursor = sealCursor(ports.key, agent.id, method, next);
  return { kind: 'result', result };
}

/** On its own path a server's list is its own: its pages, its members, its failure. */
async function listOne(
  ports: PipelinePorts,
  exchange: Exchange,
  server: CatalogServer,
  method: ListMethod,
  cursor: string | null,
): Promise<Reply> {
  try {
    const { items, nextCursor, rest } = await readPage(ports, exchange, server, method, cursor);
    ports.listFaults.clear(server.id, method);
    const result: JsonObject = { ...rest, [listShapes[method].member]: items };
    if (nextCursor !== null)
      result.nextCursor = sealCursor(ports.key, exchange.agent.id, method, { [server.id]: nextCursor });
    return { kind: 'result', result };
  } catch (error) {
    if (!(error instanceof LinkFault)) throw error;
    if (cursor !== null && error.kind === 'protocol') return invalidCursor;
    if (error.kind !== 'cancelled') ports.listFaults.set(server.id, method, error.fault);
    return { kind: 'error', error: { code: rpcErrorCodes.internal, message: tellFault(error.kind, server.name) } };
  }
}

function empty(method: ListMethod): Reply {
  return { kind: 'result', result: { [listShapes[method].member]: [] } };
}
