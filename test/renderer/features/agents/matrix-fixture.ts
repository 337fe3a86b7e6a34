import type { AgentMatrix, MatrixServer, MatrixTool } from '../../../../electron/shared/index.ts';

export function makeTool(tool: string, part: Partial<MatrixTool> = {}): MatrixTool {
  return {
    serverId: 'github',
    tool,
    exposedName: `github__${tool}`,
    title: null,
    description: null,
    risk: { tier: 'write', reasons: [] },
    own: null,
    effective: 'ask',
    source: 'agent',
    changed: false,
    calls7d: 0,
    ...part,
  };
}

export function makeServer(tools: MatrixTool[], part: Partial<MatrixServer> = {}): MatrixServer {
  return { serverId: 'github', name: 'GitHub', enabled: true, reviewed: true, own: null, tools, ...part };
}

export function makeMatrix(servers: MatrixServer[], part: Partial<AgentMatrix> = {}): AgentMatrix {
  return { agentId: 'a1', defaultEffect: 'ask', limitRemaining: null, servers, ...part };
}
