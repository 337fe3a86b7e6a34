import type {
  AgentMatrix,
  Effect,
  GrantChange,
  GrantSource,
  MatrixServer,
  MatrixTool,
  RiskTier,
} from '../../../electron/shared/index.ts';

export type EffectCounts = Record<Effect, number>;

/** How many of these tools stand at each position now. */
export function countEffects(tools: readonly MatrixTool[]): EffectCounts {
  const counts: EffectCounts = { allow: 0, ask: 0, deny: 0 };
  for (const tool of tools) counts[tool.effective] += 1;
  return counts;
}

/** The one position all tools share, or null when they differ or there are none. */
export function sharedEffect(counts: EffectCounts): Effect | null {
  const used = effectOrder.filter((effect) => counts[effect] > 0);
  return used.length === 1 ? (used[0] ?? null) : null;
}

export const effectOrder = ['allow', 'ask', 'deny'] as const satisfies readonly Effect[];

/** Words for the three positions, as switches and menus show them. */
export const effectWords: Readonly<Record<Effect, string>> = { allow: 'Allow', ask: 'Ask', deny: 'Block' };

/**
 * Where a position comes from, in words; `serverName` is whose switch `server` means, `byPreset` that the agent has no
 * start of its own.
 */
export function sourceWords(source: GrantSource, serverName: string, byPreset = false): string {
  switch (source) {
    case 'tool':
      return 'set here';
    case 'server':
      return `from ${serverName}`;
    case 'agent':
      return byPreset ? 'from preset' : 'from this agent’s start';
    case 'global':
      return 'from the global start';
    case 'review':
      return 'held until reviewed';
  }
}

interface Inherited {
  effect: Effect;
  source: GrantSource;
}

/** Where switches start for each tier, by the agent's preset; null without one. */
export type Starts = Readonly<Record<RiskTier, Effect>> | null;

/** Nearest switch of server, agent, preset and the global default, which is Block. */
function inheritedOf(matrix: AgentMatrix, server: MatrixServer, tier: RiskTier, starts: Starts): Inherited {
  if (server.own !== null) return { effect: server.own, source: 'server' };
  if (matrix.defaultEffect !== null) return { effect: matrix.defaultEffect, source: 'agent' };
  return starts === null ? { effect: 'deny', source: 'global' } : { effect: starts[tier], source: 'agent' };
}

function settleTool(matrix: AgentMatrix, server: MatrixServer, tool: MatrixTool, starts: Starts): MatrixTool {
  const isHeld = tool.changed && tool.own !== 'deny';
  const own: Inherited | null = tool.own === null ? null : { effect: tool.own, source: 'tool' };
  const { effect, source }: Inherited = isHeld
    ? { effect: 'ask', source: 'review' }
    : (own ?? inheritedOf(matrix, server, tool.risk.tier, starts));
  // The same object where nothing changed, so that its row is not drawn again.
  return tool.effective === effect && tool.source === source ? tool : { ...tool, effective: effect, source };
}

/**
 * What the matrix will look like once the engine has applied `changes`, so that a click shows at once. The engine's own
 * answer replaces it.
 */
export function applyChanges(matrix: AgentMatrix, changes: readonly GrantChange[], starts: Starts = null): AgentMatrix {
  const mine = changes.filter((change) => change.agentId === matrix.agentId);
  const find = (serverId: string, toolName: string): GrantChange | undefined =>
    mine.find((change) => change.serverId === serverId && change.toolName === toolName);
  const start = find('*', '*');
  const next = start ? { ...matrix, defaultEffect: start.effect } : matrix;
  const servers = next.servers.map((server) => {
    const own = find(server.serverId, '*');
    const changedServer = own ? { ...server, own: own.effect } : server;
    const tools = server.tools.map((tool) => {
      const change = find(server.serverId, tool.tool);
      return settleTool(next, changedServer, change ? { ...tool, own: change.effect } : tool, starts);
    });
    return { ...changedServer, tools };
  });
  return { ...next, servers };
}

/** Servers whose tools match the search, with only those tools; a match on the server's name keeps all of them. */
export function filterMatrix(servers: readonly MatrixServer[], query: string): MatrixServer[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...servers];
  const found: MatrixServer[] = [];
  for (const server of servers) {
    const tools = server.tools.filter((tool) => {
      const text = `${server.name} ${server.serverId} ${tool.tool} ${tool.title ?? ''} ${tool.risk.tier}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    if (tools.length > 0) found.push({ ...server, tools });
  }
  return found;
}

/** Calls of the last seven days over all tools of a server. */
export function countCalls(tools: readonly MatrixTool[]): number {
  return tools.reduce((sum, tool) => sum + tool.calls7d, 0);
}
