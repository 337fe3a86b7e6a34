import { useQuery } from '@tanstack/react-query';
import type { ServerTool } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { selectServer } from '../../state/selectors.ts';
import { isObject, type Json } from '../servers/describe-schema.ts';

/** The tools a server has, as far as they are known; none for a pattern or a server that is gone. */
export function useToolChoices(serverId: string): readonly ServerTool[] {
  const bridge = useBridge();
  const isKnown = useEngineStore((state) => selectServer(state, serverId) !== undefined);
  const revision = useEngineStore((state) => state.matrixRevision);
  const query = useQuery({
    queryKey: ['servers.tools', serverId, revision],
    queryFn: () => bridge.call('servers.tools', { id: serverId }),
    enabled: isKnown,
    placeholderData: (before, last) => (last?.queryKey[1] === serverId ? before : undefined),
  });
  return query.data?.tools ?? noTools;
}

const noTools: readonly ServerTool[] = [];

/** The input schema of one tool; undefined when there is no such tool. */
export function inputSchemaOf(tools: readonly ServerTool[], name: string): Json | undefined {
  const definition: Json | undefined = tools.find((tool) => tool.name === name)?.definition;
  return isObject(definition) ? definition.inputSchema : undefined;
}
