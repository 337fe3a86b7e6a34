import type { Analytics } from '../shared/index.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { isListed } from './core/evaluate.ts';
import type { PolicyState } from './policy-state.ts';
import type { Catalog } from './upstream/catalog.ts';

/** Bytes of JSON that come to about one token of a model; a rule of thumb, and shown as one. */
const bytesPerToken = 4;

interface Ports {
  agents: AgentRegistry;
  policy: PolicyState;
  catalog: Catalog;
}

/** What each agent's list of tools weighs, as it is listed now, heaviest first. */
export function listedDefinitions({ agents, policy, catalog }: Ports): Analytics['definitions'] {
  const offered = catalog.offered();
  return agents
    .all()
    .map((agent) => {
      const tools = offered.filter((tool) => isListed(policy.world, agent.id, tool));
      const bytes = tools.reduce((sum, tool) => sum + Buffer.byteLength(tool.listed), 0);
      return {
        agentId: agent.id,
        agentName: agent.name,
        tools: tools.length,
        bytes,
        tokens: Math.round(bytes / bytesPerToken),
      };
    })
    .sort((a, b) => b.bytes - a.bytes);
}
