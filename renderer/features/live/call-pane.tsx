import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { CallDetail, CallView } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { describeCallState } from '../../lib/describe-call.ts';
import { formatPreciseClock } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { ArgumentsTab } from './arguments-tab.tsx';
import { CallActions } from './call-actions.tsx';
import { RawTab } from './raw-tab.tsx';
import { ResultTab } from './result-tab.tsx';
import { TimelineTab } from './timeline-tab.tsx';
import { WhyTab } from './why-tab.tsx';

type TabName = 'why' | 'arguments' | 'result' | 'timeline' | 'raw' | 'entry';

interface CallPaneProps {
  id: string;
  onClose: () => void;
  /** The call's place in the audit log, where it was opened from there; shown first. */
  entry?: ReactNode;
}

/** Everything known about one call, right of the list or below it. */
export function CallPane({ id, onClose, entry }: CallPaneProps) {
  const bridge = useBridge();
  const live = useEngineStore((state) => state.calls.find((call) => call.id === id));
  const query = useQuery({
    // What the pane shows changes with the call's state, so that is part of the key.
    queryKey: ['calls.detail', id, live?.status, live?.outcome],
    queryFn: () => bridge.call('calls.detail', { id }),
    placeholderData: (before: CallDetail | undefined) => (before?.view.id === id ? before : undefined),
  });
  const view = live ?? query.data?.view;
  return (
    <aside className="detail" aria-label="Call">
      {view !== undefined && <PaneHead view={view} onClose={onClose} />}
      {query.isPending && <Skeleton label="Loading the call" />}
      {query.isError && (
        <LoadError
          title="This call could not be read"
          detail={`${explainError(query.error).message} ${explainError(query.error).fix}`}
          stillWorks="The list goes on."
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data !== undefined && <PaneBody detail={query.data} view={view ?? query.data.view} entry={entry} />}
    </aside>
  );
}

function PaneHead({ view, onClose }: { view: CallView; onClose: () => void }) {
  return (
    <div className="dh">
      <div className="hs">
        <h2 className="mono grow cut" title={`${view.serverId} ${view.tool}`}>
          <span className="of">{view.serverId}</span> <RawText text={view.tool} />
        </h2>
        <StateWord {...describeCallState(view)} />
        <IconButton icon="x" label="Close" ghost small onClick={onClose} />
      </div>
      <p className="t3 f12 cut">
        <RawText text={view.agentName} /> · {formatPreciseClock(view.at)} · call {view.id.slice(-8)}
      </p>
    </div>
  );
}

interface PaneBodyProps extends Pick<CallPaneProps, 'entry'> {
  detail: CallDetail;
  view: CallView;
}

function PaneBody({ detail, view, entry }: PaneBodyProps) {
  const [tab, setTab] = useState<TabName>(entry === undefined ? 'why' : 'entry');
  return (
    <>
      <Tabs
        label="About this call"
        value={tab}
        onChange={setTab}
        tabs={[
          ...(entry === undefined ? [] : [{ value: 'entry', label: 'Entry', content: entry } as const]),
          { value: 'why', label: 'Why', content: <WhyTab detail={detail} /> },
          { value: 'arguments', label: 'Arguments', content: <ArgumentsTab detail={detail} /> },
          { value: 'result', label: 'Result', content: <ResultTab detail={detail} view={view} /> },
          { value: 'timeline', label: 'Timeline', content: <TimelineTab detail={detail} /> },
          { value: 'raw', label: 'Raw', content: <RawTab detail={detail} /> },
        ]}
      />
      <CallActions detail={detail} view={view} />
    </>
  );
}
