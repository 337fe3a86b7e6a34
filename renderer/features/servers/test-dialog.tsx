import { useQuery } from '@tanstack/react-query';
import type { ServerView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { LoadError } from '../../ui/placeholder.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { TestResult } from './test-result.tsx';

/** Tries the connection once more, beside the one in use. */
export function TestDialog({ server, onClose }: { server: ServerView; onClose: () => void }) {
  const bridge = useBridge();
  const query = useQuery({
    queryKey: ['servers.test', server.id],
    queryFn: () => bridge.call('servers.test', { transport: server.transport, id: server.id }),
    // Each opening is a new try, and only a person asks for another.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const failure = query.isError && !query.isFetching ? explainError(query.error) : null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Test of ${server.name}`}
      description="A connection of its own is made and closed again. What agents see does not change."
      footer={
        <>
          <Button busy={query.isFetching} onClick={() => void query.refetch()}>
            Test again
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {query.isFetching && (
        <p aria-live="polite">
          <StateWord tone="run" icon="run" word="Testing…" />
        </p>
      )}
      {failure && (
        <LoadError
          title="The test could not be run"
          detail={`${failure.message} ${failure.fix}`.trim()}
          stillWorks=""
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data && !query.isFetching && <TestResult test={query.data} />}
    </Dialog>
  );
}
