import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditEntryDetail } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { formatCount, formatDay, formatPreciseClock } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { IconButton } from '../../ui/button.tsx';
import { CopyLink } from '../../ui/copy-link.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { CallPane } from '../live/call-pane.tsx';
import { EntryFacts } from './entry-facts.tsx';
import { describeEntry, eventName, isCall, whoOf } from './entry-words.ts';

interface EntryPaneProps {
  seq: number;
  ruleNames: ReadonlyMap<string, string>;
  onShow: (seq: number) => void;
  onClose: () => void;
}

/** One entry, right of the list or below it: a call in the pane Live has for it, anything else with before and after. */
export function EntryPane({ seq, ruleNames, onShow, onClose }: EntryPaneProps) {
  const bridge = useBridge();
  const query = useQuery({
    queryKey: ['audit.entry', seq],
    queryFn: () => bridge.call('audit.entry', { seq }),
  });
  if (query.data === undefined) {
    return (
      <aside className="detail" aria-label="Entry">
        {query.isError ? (
          <LoadError
            title="This entry could not be read"
            detail={`${explainError(query.error).message} ${explainError(query.error).fix}`.trim()}
            stillWorks="The list goes on."
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton label="Loading the entry" />
        )}
      </aside>
    );
  }
  const { data } = query;
  const ruleName = data.entry.ruleId === null ? null : (ruleNames.get(data.entry.ruleId) ?? null);
  const facts = <EntryFacts detail={data} ruleName={ruleName} onShow={onShow} />;
  const { callId } = data.entry;
  if (isCall(data.entry) && callId !== null) return <CallPane key={seq} id={callId} onClose={onClose} entry={facts} />;
  return (
    <aside className="detail" aria-label="Entry">
      <PaneHead detail={data} onClose={onClose} />
      <PaneBody detail={data} facts={facts} />
    </aside>
  );
}

function PaneHead({ detail: { entry }, onClose }: { detail: AuditEntryDetail; onClose: () => void }) {
  return (
    <div className="dh">
      <div className="hs">
        <h2 className="grow cut">{eventName(entry.event)}</h2>
        <StateWord {...describeEntry(entry)} />
        <IconButton icon="x" label="Close" ghost small onClick={onClose} />
      </div>
      <p className="t3 f12 cut">
        <RawText text={whoOf(entry)} /> · {formatDay(entry.at, Date.now())}, {formatPreciseClock(entry.at)} · entry{' '}
        {formatCount(entry.seq)}
      </p>
    </div>
  );
}

function PaneBody({ detail, facts }: { detail: AuditEntryDetail; facts: React.ReactNode }) {
  const [tab, setTab] = useState<'what' | 'entry'>('what');
  return (
    <Tabs
      label="About this entry"
      value={tab}
      onChange={setTab}
      tabs={[
        { value: 'what', label: 'What', content: <WhatTab detail={detail} /> },
        { value: 'entry', label: 'Entry', content: facts },
      ]}
    />
  );
}

function WhatTab({ detail: { entry, details } }: { detail: AuditEntryDetail }) {
  const record = typeof details === 'object' && details !== null && !Array.isArray(details) ? details : null;
  if (record === null) {
    return (
      <div className="db">
        <p className="t2">
          <RawText text={entry.subject ?? 'Nothing more was written with it.'} />
        </p>
      </div>
    );
  }
  const { before, effect, ...rest } = record;
  // a switch is written with what it was set to
  const isSwitch = entry.event === 'grant.changed';
  const { after = isSwitch ? effect : undefined, ...facts } = rest;
  const others = isSwitch || effect === undefined ? facts : { ...facts, effect };
  const hasSides = before !== undefined || after !== undefined;
  return (
    <div className="db">
      {Object.keys(others).length > 0 && <Side title="Written with it" value={others} />}
      {hasSides && <Side title="Before" value={before} />}
      {hasSides && <Side title="After" value={after} />}
    </div>
  );
}

function Side({ title, value }: { title: string; value: unknown }) {
  const text = value === null || value === undefined ? null : JSON.stringify(value, null, 2);
  return (
    <section className="well bleed">
      <div className="lab">
        {title} <span className="grow" />
        {text !== null && <CopyLink text={text} />}
      </div>
      {text === null ? (
        <p className="t3">nothing</p>
      ) : (
        <div className="mono raw-json f12">
          <RawText text={text} marksBreaks={false} />
        </div>
      )}
    </section>
  );
}
