import type { Socket } from 'node:net';

/** Counts each agent's connections, so that one agent cannot take them all. */
export interface AgentSockets {
  /** False when this connection is one too many for the agent. */
  admit(agentId: string, socket: Socket): boolean;
}

export function createAgentSockets(limit: number): AgentSockets {
  const byAgent = new Map<string, Set<Socket>>();
  return {
    admit(agentId, socket) {
      const sockets = byAgent.get(agentId) ?? new Set<Socket>();
      if (sockets.has(socket)) return true;
      if (sockets.size >= limit) return false;
      byAgent.set(agentId, sockets.add(socket));
      socket.once('close', () => {
        sockets.delete(socket);
        if (sockets.size === 0 && byAgent.get(agentId) === sockets) byAgent.delete(agentId);
      });
      return true;
    },
  };
}
