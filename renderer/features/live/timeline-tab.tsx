import type { CallDetail } from '../../../electron/shared/index.ts';
import { RawText } from '../../ui/raw-text.tsx';

/** The steps of the call, each with its time since the call was received. */
export function TimelineTab({ detail }: { detail: CallDetail }) {
  if (detail.timeline.length === 0) {
    return (
      <div className="db">
        <p className="t2">The steps are no longer in memory.</p>
      </div>
    );
  }
  const entries = detail.timeline.map((entry, index) => ({ ...entry, key: `${index} ${entry.name}` }));
  return (
    <div className="db">
      <ul className="facts f12">
        {entries.map(({ key, name, note, offsetMs }) => (
          <li key={key}>
            <span>
              {name}
              {note !== null && (
                <span className="t3">
                  {' '}
                  <RawText text={note} />
                </span>
              )}
            </span>
            <span>{offsetMs === 0 ? '0' : `+${offsetMs.toFixed(offsetMs < 100 ? 2 : 0)} ms`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
