import { useState } from 'react';
import type { PolicyHistoryEntry } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { EmptyState, LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { usePolicyQuery, usePolicyWriter } from './use-policy.ts';

const pageSize = 100;

const actorWords: Readonly<Record<PolicyHistoryEntry['actor'], string>> = {
  person: 'You',
  engine: 'ScopeGate',
  config: 'Configuration file',
  agent: 'Agent',
};

/** Every change of policy, newest first: who, what, before and after, and a way back. */
export function HistoryView() {
  const bridge = useBridge();
  const first = usePolicyQuery('policy.history', pageSize, (on) =>
    on.call('policy.history', { before: null, limit: pageSize }),
  );
  const [older, setOlder] = useState<{ entries: PolicyHistoryEntry[]; more: boolean } | null>(null);
  const { busy, run } = useCommand();
  if (first.data === undefined) {
    return (
      <section className="pane" aria-label="History">
        {first.error === null ? (
          <Skeleton label="Loading changes" />
        ) : (
          <LoadError
            title="The changes could not be read"
            detail={`${first.error.message} ${first.error.fix}`.trim()}
            stillWorks="Policy itself works as before."
            onRetry={first.retry}
          />
        )}
      </section>
    );
  }
  const known = new Set(first.data.entries.map(({ seq }) => seq));
  const entries = [...first.data.entries, ...(older?.entries.filter(({ seq }) => !known.has(seq)) ?? [])];
  const last = entries.at(-1);
  const hasMore = older?.more ?? first.data.more;
  const readOlder = (): Promise<boolean> =>
    run(async () => {
      const next = await bridge.call('policy.history', { before: last?.seq ?? null, limit: pageSize });
      setOlder({ entries: [...(older?.entries ?? []), ...next.entries], more: next.more });
    });
  return (
    <section className="pane" aria-label="History">
      {entries.length === 0 && <EmptyState title="Policy was never changed">Every change will stand here.</EmptyState>}
      <ul className="history">
        {entries.map((entry) => (
          <HistoryRow key={entry.seq} entry={entry} />
        ))}
      </ul>
      {hasMore && (
        <p className="history-more">
          <Button busy={busy} onClick={() => void readOlder()}>
            Older changes
          </Button>
        </p>
      )}
    </section>
  );
}

function HistoryRow({ entry }: { entry: PolicyHistoryEntry }) {
  const [isOpen, setOpen] = useState(false);
  const now = useEngineStore((state) => state.lastHeardAt) ?? entry.at;
  const { busy, change } = usePolicyWriter();
  const { undo } = entry;
  return (
    <li>
      <div className="r history-row">
        <button type="button" className="gh-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? 'down' : 'right'} small />
          <span className="tm t3">{formatMoment(entry.at, now)}</span>
          <span className="cut">{makeVisibleLine(entry.summary)}</span>
        </button>
        <span className="t2 cut">{actorWords[entry.actor]}</span>
        <span className="t3 num">{entry.version > 0 && `version ${entry.version}`}</span>
        <span className="num vis">
          {undo !== null && (
            <Button small busy={busy} onClick={() => void change([undo], 'Put back as it was before')}>
              Undo
            </Button>
          )}
        </span>
      </div>
      {isOpen && (
        <div className="well history-well">
          <Side title="Before" value={entry.before} />
          <Side title="After" value={entry.after} />
        </div>
      )}
    </li>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  return (
    <div>
      <div className="lab">{title}</div>
      {value === null || value === undefined ? (
        <p className="t3">nothing</p>
      ) : (
        <pre className="mono">
          <RawText text={JSON.stringify(value, null, 2)} marksBreaks={false} />
        </pre>
      )}
    </div>
  );
}
