import { useQuery } from '@tanstack/react-query';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';

export const telemetryKey = 'telemetry.state';
/** What was sent is read again so often while somebody looks. Milliseconds. */
const refreshMs = 2_000;

export function useTelemetry() {
  const bridge = useBridge();
  const epoch = useEngineStore((state) => state.epoch);
  return useQuery({
    queryKey: [telemetryKey, epoch],
    queryFn: () => bridge.call('telemetry.state', {}),
    refetchInterval: refreshMs,
  });
}
