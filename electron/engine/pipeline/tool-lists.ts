import { isListed, type PolicyWorld } from '../core/evaluate.ts';
import type { Exchange } from '../exchange.ts';
import type { Catalog, CatalogTool } from '../upstream/catalog.ts';
import { type Reply, rpcErrorCodes } from '../wire/json-rpc.ts';
import { showApps } from './app-pages.ts';
import type { Route } from './resource-routes.ts';

/** Tools on one page; clients that do not page still see this many. */
const pageSize = 1_000;

interface AgentList {
  world: PolicyWorld;
  revision: number;
  tools: CatalogTool[];
  byName: Map<string, CatalogTool>;
  /** Pages of its tools by the address the agent sees; none on the path of one server, where addresses are its own. */
  apps: ReadonlyMap<string, Route>;
  /** Serialised results, by the place of their first tool. */
  pages: Map<number, Buffer>;
}

interface Ports {
  catalog: Catalog;
  world(): PolicyWorld;
  /** The server whose list showed this agent an address. */
  listedBy(agentId: string, uri: string): string | null;
}

/**
 * What each agent may see, made once for each state of policy and catalog. A list answers from a serialised buffer; a
 * name is looked up in the same list, so that seen and callable can never differ. On the path of one server names are
 * the server's own.
 */
export class ToolLists {
  readonly #ports: Ports;
  readonly #lists = new Map<string, AgentList>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  find(agentId: string, scope: string | null, name: string): CatalogTool | undefined {
    return this.#list(agentId, scope).byName.get(name);
  }

  /** The page of a tool (MCP Apps) behind an address, among the tools this agent sees. */
  findApp(agentId: string, uri: string): Route | null {
    return this.#list(agentId, null).apps.get(uri) ?? null;
  }

  /**
   * The tools an agent sees, as texts to compare: for each server as on its own path, and under '' as on the gateway's,
   * where the pages of one server can change how another's tools are listed.
   */
  fingerprints(agentId: string): Map<string, string> {
    const { tools } = this.#list(agentId, null);
    const texts = new Map([['', tools.map((tool) => tool.listed).join('\n')]]);
    for (const { serverId, definitionHash } of tools)
      texts.set(serverId, `${texts.get(serverId) ?? ''}${definitionHash}\n`);
    return texts;
  }

  /** tools/list: a page of the agent's tools. The cursor names the tool before the page. */
  reply(exchange: Exchange): Reply {
    const { agent, scope } = exchange;
    const list = this.#list(agent.id, scope);
    const start = findStart(list, exchange.params.cursor);
    if (start === null)
      return { kind: 'error', error: { code: rpcErrorCodes.invalidParams, message: 'Invalid cursor' } };
    let page = list.pages.get(start);
    if (!page) {
      page = serialisePage(list.tools, start, scope !== null);
      list.pages.set(start, page);
    }
    return { kind: 'result-bytes', bytes: page };
  }

  #list(agentId: string, scope: string | null): AgentList {
    const world = this.#ports.world();
    const { revision } = this.#ports.catalog;
    const key = JSON.stringify([agentId, scope]);
    const known = this.#lists.get(key);
    if (known && known.world === world && known.revision === revision) return known;
    const seen = this.#ports.catalog
      .offered()
      .filter((tool) => (scope === null || tool.serverId === scope) && isListed(world, agentId, tool));
    const none = { tools: seen, apps: new Map<string, Route>() };
    const { tools, apps } = scope === null ? showApps(seen, (uri) => this.#ports.listedBy(agentId, uri)) : none;
    const list: AgentList = {
      world,
      revision,
      tools,
      byName: new Map(tools.map((tool) => [scope === null ? tool.exposedName : tool.name, tool])),
      apps,
      pages: new Map(),
    };
    this.#lists.set(key, list);
    return list;
  }
}

function findStart(list: AgentList, cursor: unknown): number | null {
  if (cursor === undefined) return 0;
  if (typeof cursor !== 'string') return null;
  const last = Buffer.from(cursor, 'base64url').toString('utf8');
  const at = list.tools.findIndex((tool) => tool.exposedName === last);
  return at === -1 ? null : at + 1;
}

function serialisePage(tools: readonly CatalogTool[], start: number, isPlain: boolean): Buffer {
  const page = tools.slice(start, start + pageSize);
  const last = page.at(-1);
  const more = start + pageSize < tools.length && last;
  const cursor = more ? `,"nextCursor":${JSON.stringify(Buffer.from(last.exposedName).toString('base64url'))}` : '';
  const texts = page.map((tool) => (isPlain ? JSON.stringify(tool.definition) : tool.listed));
  return Buffer.from(`{"tools":[${texts.join(',')}]${cursor}}`);
}
