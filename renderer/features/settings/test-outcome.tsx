import { countOf } from '../../lib/format.ts';
import { StateWord } from '../../ui/state-word.tsx';
import { signalWords } from './export-words.ts';
import type { TestAnswer } from './use-export-draft.ts';

/** What the collector said to the test, signal by signal. */
export function TestOutcome({ outcome: { entries, results } }: { outcome: TestAnswer }) {
  return (
    <div className="set-outcome" role="status">
      <div className="lab">Sent as a test: the newest {countOf(entries, 'row')} of the log</div>
      {results.map(({ signal, ok, message }) => (
        <div key={signal} className="set-state">
          <span>{signalWords[signal].label}</span>
          <StateWord tone={ok ? 'allow' : 'fault'} icon={ok ? 'check' : 'fault'} word={message} />
        </div>
      ))}
    </div>
  );
}
