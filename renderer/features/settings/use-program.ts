import { useQuery } from '@tanstack/react-query';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';

/** Facts of the running program that change rarely. */
export function useProgram() {
  const bridge = useBridge();
  const epoch = useEngineStore((state) => state.epoch);
  return useQuery({ queryKey: ['settings.program', epoch], queryFn: () => bridge.call('settings.program', {}) });
}
