import { isListed, type PolicyWorld } from '../core/evaluate.ts';
import type { Exchange } from '../exchange.ts';
import type { Catalog, CatalogTool } from '../upstream/catalog.ts';
import { type Reply, rpcErrorCodes } from '../wire/json-rpc.ts';

/** Tools on one page; clients that do not page still see this many. */
const pageSize = 1_000;

interface AgentList {
  world: PolicyWorld;
  revision: number;
  tools: CatalogTool[];
  byName: Map<string, CatalogTool>;
  /** Serialised results, by the place of their first tool. */
  pages: Map<number, Buffer>;
}

interface Ports {
  catalog: Catalog;
  world(): PolicyWorld;
}

/**
 * What each agent may see, made once for each state of policy and catalog. A list answers from a serialised buffer; a
 * name is looked up in the same list, so that seen and callable can never differ.
 */
export class ToolLists {
  readonly #ports: Ports;
  readonly #lists = new Map<string, AgentList>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  find(agentId: string, exposedName: string): CatalogTool | undefined {
    return this.#list(agentId).byName.get(exposedName);
  }

  /** The names an agent sees, as one text to compare. */
  fingerprint(agentId: string): string {
    return this.#list(agentId)
      .tools.map((tool) => tool.listed)
      .join('\n');
  }

  /** tools/list: a page of the agent's tools. The cursor names the tool before the page. */
  reply(exchange: Exchange): Reply {
    const list = this.#list(exchange.agent.id);
    const start = findStart(list, exchange.params.cursor);
    if (start === null)
      return { kind: 'error', error: { code: rpcErrorCodes.invalidParams, message: 'Invalid cursor' } };
    let page = list.pages.get(start);
    if (!page) {
      page = serialisePage(list.tools, start);
      list.pages.set(start, page);
    }
    return { kind: 'result-bytes', bytes: page };
  }

  forget(agentId: string): void {
    this.#lists.delete(agentId);
  }

  #list(agentId: string): AgentList {
    const world = this.#ports.world();
    const { revision } = this.#ports.catalog;
    const known = this.#lists.get(agentId);
    if (known && known.world === world && known.revision === revision) return known;
    const tools = this.#ports.catalog.offered().filter((tool) => isListed(world, agentId, tool));
    const list: AgentList = {
      world,
      revision,
      tools,
      byName: new Map(tools.map((tool) => [tool.exposedName, tool])),
      pages: new Map(),
    };
    this.#lists.set(agentId, list);
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

function serialisePage(tools: readonly CatalogTool[], start: number): Buffer {
  const page = tools.slice(start, start + pageSize);
  const last = page.at(-1);
  const more = start + pageSize < tools.length && last;
  const cursor = more ? `,"nextCursor":${JSON.stringify(Buffer.from(last.exposedName).toString('base64url'))}` : '';
  return Buffer.from(`{"tools":[${page.map((tool) => tool.listed).join(',')}]${cursor}}`);
}
