import { useState } from 'react';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { parseTime, writeTime } from './audit-query.ts';
import { saveFile } from './save-file.ts';
import { useProof } from './use-proof.ts';

const monthMs = 30 * 86_400_000;
const minuteMs = 60_000;

/** A period in, a page for an auditor out. */
export function EvidenceDialog({ onClose }: { onClose: () => void }) {
  const bridge = useBridge();
  const proof = useProof();
  const toast = useToast();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [from, setFrom] = useState(() => dayOf(Date.now() - monthMs));
  const [to, setTo] = useState(() => dayOf(Date.now()));
  const begins = parseTime(from, Date.now(), 'after');
  const ends = parseTime(to, Date.now(), 'before');
  const isInOrder = begins !== null && ends !== null && begins < ends;
  const make = async () => {
    if (begins === null || ends === null) return;
    const isMade = await run(async () => {
      const offsetMinutes = -new Date(ends).getTimezoneOffset();
      const { html } = await bridge.call('audit.evidence', { from: begins, to: ends, offsetMinutes });
      saveFile(`scopegate-evidence-${from}-to-${to}.html`, [html], 'text/html');
    });
    if (!isMade) return;
    toast({ text: 'The report is made' });
    onClose();
  };
  const isVerified = proof !== undefined && proof.report !== null;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Evidence report"
      description="One HTML file that prints to PDF: agents and what they were allowed, approvals, refusals, changes, and whether the log is whole. It supports work on SOC 2, HIPAA §164.312(b) and Article 12 of the EU AI Act; it certifies nothing."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={!isInOrder} onClick={() => void make()}>
            Make report
          </Button>
        </>
      }
    >
      <div className="audit-limits">
        <TextField
          label="First day"
          value={from}
          onChange={setFrom}
          placeholder="2026-10-01"
          error={begins === null ? 'A day, such as 2026-10-01.' : null}
        />
        <TextField
          label="Last day"
          value={to}
          onChange={setTo}
          placeholder="2026-10-31"
          error={ends === null ? 'A day, such as 2026-10-31.' : isInOrder ? null : 'Not before the first day.'}
        />
      </div>
      {!isVerified && (
        <p className="t2 f12">
          The log was not verified since ScopeGate was started, and the report will say so.{' '}
          {proof?.run == null ? (
            <button type="button" className="lnk" onClick={() => void run(() => bridge.call('audit.verify', {}))}>
              Verify all first
            </button>
          ) : (
            <span role="status">
              Verifying, {Math.floor((proof.run.checked / Math.max(1, proof.run.total)) * 100)} %
            </span>
          )}
        </p>
      )}
      {failure !== null && <FormFailure text={failure} />}
    </Dialog>
  );
}

function dayOf(at: number): string {
  return writeTime(at - (at % minuteMs)).slice(0, 10);
}
