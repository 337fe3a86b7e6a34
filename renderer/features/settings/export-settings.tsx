import { Skeleton } from '../../ui/placeholder.tsx';
import { CollectorForm } from './collector-form.tsx';
import { FiguresSettings } from './figures-settings.tsx';
import { ReadError } from './read-error.tsx';
import { SignalStates } from './signal-states.tsx';
import { useTelemetry } from './use-telemetry.ts';

/** What leaves this machine on its own, and how that goes. */
export function ExportSettings() {
  const { data: state, error, refetch } = useTelemetry();
  if (state === undefined) {
    if (error !== null) return <ReadError error={error} onRetry={() => void refetch()} />;
    return <Skeleton label="Loading what is exported" />;
  }
  return (
    <>
      <SignalStates state={state} />
      <CollectorForm key={JSON.stringify(state.config)} state={state} />
      <FiguresSettings state={state} />
    </>
  );
}
