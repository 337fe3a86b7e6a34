import type { PipelinePorts } from './ports.ts';

/** The kill switch or the agent's own pause: nothing this agent says reaches a server. An agent nobody knows is paused. */
export function isPausedFor(ports: Pick<PipelinePorts, 'world'>, agentId: string): boolean {
  const world = ports.world();
  return world.paused || (world.agents.get(agentId)?.paused ?? true);
}
