import { agentViewOf } from './api/agents.ts';
import { viewProof } from './api/audit-proof.ts';
import type { Announcer, EngineParts } from './api/context.ts';
import type { EventBus } from './event-bus.ts';

/** Tells UIs the newest state of a thing. While the engine is being put together there is nobody to tell. */
export function makeAnnouncer(bus: EventBus, getParts: () => EngineParts | null): Announcer {
  return {
    engine: () => {
      const parts = getParts();
      if (parts) bus.emit('engine', () => ({ type: 'engine.changed', engine: parts.status() }));
    },
    agent: (id) => {
      const parts = getParts();
      const agent = parts?.agents.get(id);
      if (parts && agent && agent.removedAt === null)
        bus.emit(`agent:${id}`, () => ({ type: 'agent.changed', agent: agentViewOf(parts, agent) }));
    },
    server: (id) => {
      const parts = getParts();
      const server = parts?.servers.get(id);
      if (parts && server && server.removedAt === null)
        bus.emit(`server:${id}`, () => ({ type: 'server.changed', server: parts.servers.view(server) }));
    },
    policy: () => {
      const parts = getParts();
      if (parts) bus.emit('policy', () => ({ type: 'policy.changed', version: parts.policy.world.version }));
    },
    audit: () => {
      const parts = getParts();
      if (parts) bus.emit('audit', () => ({ type: 'audit.proof', proof: viewProof(parts) }));
    },
    vault: () => {
      const parts = getParts();
      if (parts) bus.emit('vault', () => ({ type: 'vault.changed', vault: parts.credentials.vault.status() }));
    },
    credential: (id) => {
      const parts = getParts();
      if (!parts?.credentials.book.get(id)) return;
      bus.emit(`credential:${id}`, () => {
        const credential = parts.credentials.book.get(id);
        if (credential === undefined) return { type: 'credential.removed', id };
        return { type: 'credential.changed', credential: parts.credentials.book.view(credential) };
      });
    },
    matrix: (agentId) => {
      if (getParts()) bus.emit(`matrix:${agentId ?? '*'}`, () => ({ type: 'matrix.changed', agentId }));
    },
  };
}
