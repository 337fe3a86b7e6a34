import { isListed, type PolicyWorld } from '../core/evaluate.ts';
import { serverSubject } from '../core/policy-subject.ts';
import type { Catalog, CatalogServer } from '../upstream/catalog.ts';

interface Ports {
  catalog: Catalog;
  world(): PolicyWorld;
}

/** Which servers an agent sees, by the same evaluator that decides its calls. */
export interface Visibility {
  /** Servers whose prompts, resources and vendor methods could pass: the server's switch does not block them. */
  open(agentId: string, scope: string | null): CatalogServer[];
  isOpen(agentId: string, serverId: string): boolean;
  /** Servers the agent can use anything of, a single tool included. */
  seen(agentId: string, scope: string | null): CatalogServer[];
  /** The one server a request without a name can only mean; null: none or several. */
  sole(agentId: string, scope: string | null): CatalogServer | null;
}

export function createVisibility({ catalog, world }: Ports): Visibility {
  const offered = (scope: string | null) =>
    catalog.offeredServers().filter((server) => scope === null || server.id === scope);
  const isOpen = (agentId: string, serverId: string) => isListed(world(), agentId, serverSubject(serverId));
  const isSeen = (agentId: string, serverId: string) =>
    isOpen(agentId, serverId) || catalog.toolsOf(serverId).some((tool) => isListed(world(), agentId, tool));
  const seen = (agentId: string, scope: string | null) => offered(scope).filter((server) => isSeen(agentId, server.id));
  return {
    open: (agentId, scope) => offered(scope).filter((server) => isOpen(agentId, server.id)),
    isOpen: (agentId, serverId) =>
      catalog.offeredServers().some((server) => server.id === serverId) && isOpen(agentId, serverId),
    seen,
    sole(agentId, scope) {
      const [first, ...others] = seen(agentId, scope);
      return first && others.length === 0 ? first : null;
    },
  };
}
