import { useMemo } from 'react';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useEngineStore } from '../../state/engine-context.tsx';

/** Names of agents by id; an agent that is gone keeps its id. */
export function useAgentNames(): (agentId: string) => string {
  const agents = useEngineStore((state) => state.agents);
  return useMemo(() => {
    const names = new Map(agents.map(({ id, name }) => [id, makeVisibleLine(name)]));
    return (agentId: string) => names.get(agentId) ?? agentId;
  }, [agents]);
}
