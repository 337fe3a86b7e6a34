import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** Says that the person goes, or is back, right where the questions come up. */
export function AwayButton() {
  const bridge = useBridge();
  const state = useEngineStore(({ approvalState }) => approvalState);
  const { busy, run } = useCommand();
  if (state === null) return null;
  const isAway = state.away !== null;
  const meaning =
    state.settings.whenAway === 'hold'
      ? 'Questions are held and their time stands still'
      : 'Whatever would ask is denied';
  return (
    <button
      type="button"
      className="btn ghost sm"
      disabled={busy}
      title={isAway ? undefined : meaning}
      onClick={() => void run(() => bridge.call('approvals.setAway', { away: !isAway }))}
    >
      {isAway ? 'I am back' : 'I am away'}
    </button>
  );
}
