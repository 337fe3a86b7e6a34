import { useQuery } from '@tanstack/react-query';
import type { BridgeResult } from '../../../electron/shared/index.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { selectPendingCount } from '../../state/selectors.ts';
import { Button } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { StepFrame } from './step-frame.tsx';

type TryState = BridgeResult<'setup.tryResult'>['state'];

const titles: Readonly<Record<TryState, string>> = {
  none: 'The test call',
  waiting: 'The test agent waits for you',
  ran: 'The call went through',
  refused: 'The call was refused',
  failed: 'The test call did not work',
};

/** The built-in agent's call: the person answers its card and sees what became of it. */
export function TryStep({ onBack, onFinish }: { onBack: (() => void) | null; onFinish: (to: string) => void }) {
  const bridge = useBridge();
  const { busy, run } = useCommand();
  const revision = useEngineStore((state) => state.clientsRevision);
  const pending = useEngineStore(selectPendingCount);
  const { data } = useQuery({
    queryKey: ['setup.tryResult', revision],
    queryFn: () => bridge.call('setup.tryResult', {}),
    staleTime: 0,
    placeholderData: (before: BridgeResult<'setup.tryResult'> | undefined) => before,
  });
  const state = data?.state ?? 'waiting';
  const isOver = state !== 'waiting';
  return (
    <StepFrame
      title={titles[state]}
      about={
        isOver
          ? 'Every call of your agents goes this way: it is decided, asked about where you want that, and written down.'
          : 'It wants to use say_hello, a harmless tool of ScopeGate’s own. Answer the question: nothing happens before you do.'
      }
      footer={
        <>
          {isOver && onBack !== null && <Button onClick={onBack}>Back</Button>}
          {(state === 'failed' || state === 'refused') && (
            <Button busy={busy} onClick={() => void run(() => bridge.call('setup.tryCall', {}))}>
              Try again
            </Button>
          )}
          <Button variant="primary" onClick={() => onFinish('/live')}>
            Show it in Live
          </Button>
        </>
      }
    >
      <div aria-live="polite" className="try-state">
        {state === 'waiting' && (
          <StateWord
            tone={pending === 0 ? 'run' : 'ask'}
            icon={pending === 0 ? 'run' : 'hand'}
            word={pending === 0 ? 'Calling…' : 'Waiting for your answer'}
          />
        )}
        {state === 'ran' && <StateWord tone="allow" icon="check" word="Allowed" loud />}
        {state === 'refused' && <StateWord tone="block" icon="block" word="Denied" />}
        {state === 'failed' && <StateWord tone="fault" icon="fault" word="Failed" />}
        {isOver && data !== undefined && data.text !== '' && (
          <>
            <p className="lab">What the agent was told</p>
            <p className="well">{data.text}</p>
          </>
        )}
      </div>
    </StepFrame>
  );
}
