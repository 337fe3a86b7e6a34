import { useQueryClient } from '@tanstack/react-query';
import type { TelemetrySignalState, TelemetryState } from '../../../electron/shared/index.ts';
import { formatCount, formatMoment } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { signalWords } from './export-words.ts';
import { SettingGroup } from './setting-row.tsx';
import { telemetryKey } from './use-telemetry.ts';

/** How far each signal has come; nothing while the export is off. */
export function SignalStates({ state: { signals } }: { state: TelemetryState }) {
  if (signals.length === 0) return null;
  return (
    <SettingGroup title="Sending now">
      {signals.map((state) => (
        <SignalRow key={state.signal} state={state} />
      ))}
    </SettingGroup>
  );
}

function SignalRow({ state }: { state: TelemetrySignalState }) {
  const bridge = useBridge();
  const client = useQueryClient();
  const { busy, run } = useCommand();
  const { signal, sentThrough, behind, lastSentAt, problem, stuckAt } = state;
  const skip = (seq: number) =>
    run(async () => {
      await bridge.call('telemetry.skip', { signal, seq });
      await client.invalidateQueries({ queryKey: [telemetryKey] });
    });
  return (
    <div className="set-row">
      <div className="set-words">
        <div className="set-state">
          <span>{signalWords[signal].label}</span>
          {problem === null ? (
            <StateWord
              tone={behind === 0 ? 'allow' : 'off'}
              icon={behind === 0 ? 'check' : 'clock'}
              word={behind === 0 ? 'Up to date' : `${formatCount(behind)} waiting`}
            />
          ) : (
            <StateWord tone="fault" icon="fault" word={`${formatCount(behind)} waiting`} />
          )}
        </div>
        <div className="t3 f12">
          Sent up to entry {formatCount(sentThrough)}
          {lastSentAt !== null && `, ${formatMoment(lastSentAt, Date.now())}`}.{tellLosses(state)}
        </div>
        {problem !== null && (
          <div className="f12" role="status">
            {problem.message} {stuckAt === null ? 'It is tried again by itself; nothing is lost.' : tellStuck(stuckAt)}
          </div>
        )}
      </div>
      {stuckAt !== null && (
        <Button busy={busy} onClick={() => void skip(stuckAt)}>
          Leave out entry {formatCount(stuckAt)}
        </Button>
      )}
    </div>
  );
}

function tellLosses({ missed, rejected }: TelemetrySignalState): string {
  const pruned = missed === 0 ? '' : ` ${formatCount(missed)} were pruned from the log before they could be sent.`;
  const refused = rejected === 0 ? '' : ` ${formatCount(rejected)} were thrown away by the collector or left out.`;
  return pruned + refused;
}

function tellStuck(seq: number): string {
  return `It refuses entry ${formatCount(seq)} alone; the rest waits behind it. It stays in the audit log whatever you do.`;
}
