import { useState } from 'react';
import type { AuditProof } from '../../../electron/shared/audit-proof.ts';
import type { AuditOverview } from '../../../electron/shared/index.ts';
import { countOf, formatCount, formatMoment } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { KvList } from '../../ui/kv-list.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { useProof } from './use-proof.ts';

type Report = NonNullable<AuditProof['report']>;

/** Whether the log is what was written, as far as it was looked at, and the way to look at all of it. */
export function ChainBand({ overview }: { overview: AuditOverview | undefined }) {
  const bridge = useBridge();
  const proof = useProof();
  const { busy, run } = useCommand();
  const [isOpen, setOpen] = useState(false);
  if (proof === undefined) return <div className="chain-band hs f12" />;
  const { report, run: running, retention } = proof;
  return (
    <section className="chain-band hs f12" aria-label="Proof">
      <ChainState proof={proof} overview={overview} />
      {running === null ? (
        <button
          type="button"
          className="lnk"
          disabled={busy}
          onClick={() => void run(() => bridge.call('audit.verify', {}))}
        >
          Verify all
        </button>
      ) : (
        <button
          type="button"
          className="lnk"
          disabled={busy}
          onClick={() => void run(() => bridge.call('audit.stopVerify', {}))}
        >
          Stop
        </button>
      )}
      {report !== null && (
        <button type="button" className="lnk" onClick={() => setOpen(true)}>
          Result
        </button>
      )}
      <span className="grow" />
      <span className="t3">{describeRetention(retention)}</span>
      {report !== null && <ReportDialog report={report} open={isOpen} onClose={() => setOpen(false)} />}
    </section>
  );
}

const verdicts = {
  whole: { tone: 'allow', icon: 'check', word: 'Chain verified' },
  incomplete: { tone: 'ask', icon: 'fault', word: 'Rows were lost' },
  broken: { tone: 'block', icon: 'block', word: 'Not what was written' },
} as const;

function ChainState({ proof, overview }: { proof: AuditProof; overview: AuditOverview | undefined }) {
  const { report, run, checkpoint } = proof;
  const now = Date.now();
  if (run !== null) {
    const part = run.total === 0 ? 0 : Math.floor((run.checked / run.total) * 100);
    return (
      <>
        <StateWord tone="run" icon="run" word="Verifying" />
        <span className="t2" role="status">
          {formatCount(run.checked)} of {formatCount(run.total)} rows, {part} %
        </span>
        <progress className="chain-progress" max={Math.max(1, run.total)} value={run.checked} aria-label="Verified" />
      </>
    );
  }
  if (report !== null) {
    return (
      <>
        <StateWord {...verdicts[report.verdict]} loud />
        <span className="t2 cut" role="status">
          {report.verdict === 'whole'
            ? `up to row ${formatCount(report.chainedThrough)}, ${formatMoment(report.at, now)}, head `
            : `${report.problems[0]?.message ?? 'See the result.'} Checked ${formatMoment(report.at, now)}, head `}
          <code title={report.lastHash}>{shorten(report.lastHash)}</code>
        </span>
      </>
    );
  }
  return (
    <>
      <StateWord tone="off" icon="info" word="Not verified since the start" />
      <span className="t2 cut">
        {formatCount(overview?.headSeq ?? proof.lastSeq)} rows
        {checkpoint !== null &&
          `, signed up to row ${formatCount(checkpoint.seq)}, ${formatMoment(checkpoint.at, now)}`}
      </span>
    </>
  );
}

/** What was looked at, what is proven by it, and what is not. */
function ReportDialog({ report, open, onClose }: { report: Report; open: boolean; onClose: () => void }) {
  const { problems, notes, lastSeq, confirmedThrough, signedThrough } = report;
  const unproven = Math.max(0, lastSeq - confirmedThrough);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={verdicts[report.verdict].word}
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      <KvList
        items={[
          ['Checked', formatMoment(report.at, Date.now())],
          ['Rows', `${formatCount(report.firstSeq)} to ${formatCount(lastSeq)}`],
          ['Fit each other', `up to ${formatCount(report.chainedThrough)}`],
          ['Signed', `up to ${formatCount(signedThrough)}, ${countOf(report.checkpoints, 'checkpoint')}`],
          ['Confirmed beside the database', `up to ${formatCount(confirmedThrough)}`],
          ['Removed by retention', report.prunedThrough === 0 ? null : `up to ${formatCount(report.prunedThrough)}`],
          ['Last hash', <code key="hash">{report.lastHash}</code>],
          ['First keys', report.firstKeys.length === 0 ? null : <code key="keys">{report.firstKeys.join(' ')}</code>],
        ]}
      />
      {problems.length > 0 && (
        <section>
          <div className="lab">What is wrong</div>
          <ul className="chain-notes">
            {problems.map(({ seq, code, message }) => (
              <li key={`${seq} ${code}`}>
                {seq !== null && <b>Row {formatCount(seq)}. </b>}
                {message}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <div className="lab">What this does not prove</div>
        <ul className="chain-notes">
          {unproven > 0 && (
            <li>{countOf(unproven, 'row')} after the last confirmed one fit, but nothing vouches for them.</li>
          )}
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
          <li>
            Somebody with this account and its keys could write another log. Compare the first keys with a copy kept
            elsewhere.
          </li>
        </ul>
      </section>
    </Dialog>
  );
}

function shorten(hash: string): string {
  return hash === '' ? 'none' : `${hash.slice(0, 4)}…${hash.slice(-4)}`;
}

function describeRetention({ days, megabytes }: AuditProof['retention']): string {
  if (days === null && megabytes === null) return 'Kept for ever';
  const limits = [
    days === null ? null : countOf(days, 'day'),
    megabytes === null ? null : `${formatCount(megabytes)} MB at most`,
  ];
  return `Kept for ${limits.filter((limit) => limit !== null).join(', ')}`;
}
