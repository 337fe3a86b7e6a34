import { useBridge, useEngineStore } from '../state/engine-context.tsx';
import { selectIsInStep } from '../state/selectors.ts';
import { useCommand } from '../ui/use-command.ts';

/** The kill switch: every call of every agent is refused while it is on. */
export function usePause(): { isPaused: boolean; canChange: boolean; setPaused: (paused: boolean) => void } {
  const bridge = useBridge();
  const isPaused = useEngineStore((state) => state.engine?.paused ?? false);
  const isInStep = useEngineStore(selectIsInStep);
  const { busy, run } = useCommand();
  return {
    isPaused,
    canChange: isInStep && !busy,
    setPaused: (paused) => void run(() => bridge.call('engine.setPaused', { paused })),
  };
}
