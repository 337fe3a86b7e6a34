import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { AgentMatrix, AgentView, GrantChange } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { useToast } from '../../ui/toast.tsx';
import { startsOf } from '../policy/agent-settings.ts';
import { usePolicy } from '../policy/use-policy.ts';
import { applyChanges } from './matrix-model.ts';

/** The bridge takes this many switches in one transaction. */
const mostChanges = 2000;
/** How often the used part of a limit is read again. */
const limitRefreshMs = 5000;

export interface MatrixHandle {
  matrix: AgentMatrix | undefined;
  error: { message: string; fix: string } | null;
  retry: () => void;
  /** Applies at once, then tells the engine; `done` is the sentence of the toast that offers Undo. */
  change: (changes: GrantChange[], done: string) => Promise<void>;
  /** Takes the last change back; false when there is none. */
  undoLast: () => boolean;
}

/** One agent's switches: read, kept up to date, changed optimistically, undone. */
export function useMatrix(agent: AgentView): MatrixHandle {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const revision = useEngineStore((state) => state.matrixRevision);
  const seenRevision = useRef(revision);
  const inFlight = useRef(0);
  const lastUndo = useRef<(() => void) | null>(null);
  const { data: policy } = usePolicy();
  const starts = startsOf(policy, agent.id);
  const key = ['agents.matrix', agent.id];
  const query = useQuery({
    queryKey: key,
    queryFn: () => bridge.call('agents.matrix', { id: agent.id }),
    // What is kept from an earlier visit may have missed events.
    staleTime: 0,
    refetchInterval: agent.limit === null ? false : limitRefreshMs,
  });

  useEffect(() => {
    if (seenRevision.current === revision) return;
    seenRevision.current = revision;
    // While a change is on its way the answer could be older than what is shown.
    if (inFlight.current === 0) void client.invalidateQueries({ queryKey: ['agents.matrix', agent.id] });
  }, [client, revision, agent.id]);

  const change = async (changes: GrantChange[], done: string): Promise<void> => {
    if (changes.length === 0) return;
    inFlight.current += 1;
    await client.cancelQueries({ queryKey: key });
    const before = client.getQueryData<AgentMatrix>(key);
    if (before) client.setQueryData(key, applyChanges(before, changes, starts));
    try {
      const previous = await setInBatches(changes, async (batch) => {
        const reply = await bridge.call('grants.set', { changes: batch });
        return reply.previous;
      });
      const undo = (): void => {
        lastUndo.current = null;
        void change(previous, 'Put back as it was');
      };
      lastUndo.current = undo;
      toast({ text: done, undo });
    } catch (error) {
      client.setQueryData(key, before);
      const { message, fix } = explainError(error);
      toast({ text: `Nothing was changed. ${message} ${fix}`.trim() });
    } finally {
      inFlight.current -= 1;
      if (inFlight.current === 0) void client.invalidateQueries({ queryKey: key });
    }
  };

  return {
    matrix: query.data,
    error: query.isError && query.data === undefined ? explainError(query.error) : null,
    retry: () => void query.refetch(),
    change,
    undoLast: () => {
      const undo = lastUndo.current;
      undo?.();
      return undo !== null;
    },
  };
}

async function setInBatches(
  changes: readonly GrantChange[],
  set: (batch: GrantChange[]) => Promise<GrantChange[]>,
): Promise<GrantChange[]> {
  const previous: GrantChange[] = [];
  for (let start = 0; start < changes.length; start += mostChanges) {
    previous.push(...(await set(changes.slice(start, start + mostChanges))));
  }
  return previous;
}
