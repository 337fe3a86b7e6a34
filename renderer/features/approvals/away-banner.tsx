import { formatMoment } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** Says that the person is away and what becomes of questions meanwhile. */
export function AwayBanner() {
  const bridge = useBridge();
  const state = useEngineStore(({ approvalState }) => approvalState);
  const { busy, run } = useCommand();
  if (state === null || state.away === null) return null;
  const { since, cause } = state.away;
  return (
    <Banner
      tone="ask"
      title={`You are away since ${formatMoment(since, Date.now())}.`}
      actions={
        <Button disabled={busy} onClick={() => void run(() => bridge.call('approvals.setAway', { away: false }))}>
          I am back
        </Button>
      }
    >
      {state.settings.whenAway === 'hold'
        ? 'Questions are held and their time stands still.'
        : 'Whatever would ask is denied and listed under To review.'}
      {cause === 'lock' && ' It began with the screen’s lock.'}
    </Banner>
  );
}
