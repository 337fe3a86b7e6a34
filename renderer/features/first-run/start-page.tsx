import { useQuery } from '@tanstack/react-query';
import { Redirect } from 'wouter';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Skeleton } from '../../ui/placeholder.tsx';

/** Where a window without a page of its own begins: the first run on a fresh profile, else Live. */
export function StartPage() {
  const bridge = useBridge();
  const isReady = useEngineStore((state) => state.phase === 'ready');
  const isEmpty = useEngineStore((state) => state.agents.length === 0 && state.servers.length === 0);
  const { data, isError } = useQuery({
    queryKey: ['setup.state'],
    queryFn: () => bridge.call('setup.state', {}),
    enabled: isReady && isEmpty,
  });
  if (isError || (isReady && !isEmpty) || data?.isDone === true) return <Redirect to="/live" replace />;
  if (data === undefined) return <Skeleton />;
  return <Redirect to="/first-run" replace />;
}
