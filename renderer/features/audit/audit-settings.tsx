import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditDurability, AuditProof } from '../../../electron/shared/audit-proof.ts';
import type { AuditOverview } from '../../../electron/shared/index.ts';
import { countOf, formatBytes, formatCount } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { Segment } from '../../ui/segment.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { useProof } from './use-proof.ts';

interface AuditSettingsProps {
  overview: AuditOverview | undefined;
  onClose: () => void;
}

/** How long the log is kept, how safely it is written, and whether it can be searched by words. */
export function AuditSettings({ overview, onClose }: AuditSettingsProps) {
  const proof = useProof();
  return (
    <Dialog
      open
      onClose={onClose}
      title="Keeping and searching"
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {proof !== undefined && <Retention proof={proof} />}
      {proof !== undefined && <Durability proof={proof} />}
      {overview !== undefined && <TextSearch overview={overview} />}
    </Dialog>
  );
}

function Retention({ proof: { retention, rows, bytes } }: { proof: AuditProof }) {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const [days, setDays] = useState(retention.days === null ? '' : String(retention.days));
  const [megabytes, setMegabytes] = useState(retention.megabytes === null ? '' : String(retention.megabytes));
  const next = { days: readLimit(days, 1, 36_500), megabytes: readLimit(megabytes, 10, 10_000_000) };
  const isWrong = next.days === undefined || next.megabytes === undefined;
  const isSame = next.days === retention.days && next.megabytes === retention.megabytes;
  const save = () =>
    run(async () => {
      const { pruned } = await bridge.call('audit.setRetention', {
        days: next.days ?? null,
        megabytes: next.megabytes ?? null,
      });
      await client.invalidateQueries({ queryKey: ['audit.proof'] });
      toast({ text: pruned === 0 ? 'Saved. Nothing was removed' : `Saved. ${countOf(pruned, 'row')} removed` });
    });
  return (
    <section className="audit-set">
      <div className="lab">
        Kept now: {countOf(rows, 'row')}, {formatBytes(bytes)}
      </div>
      <div className="audit-limits">
        <TextField
          label="Days"
          value={days}
          onChange={setDays}
          inputMode="numeric"
          placeholder="for ever"
          error={next.days === undefined ? 'A number from 1, or nothing.' : null}
        />
        <TextField
          label="Megabytes at most"
          value={megabytes}
          onChange={setMegabytes}
          inputMode="numeric"
          placeholder="no limit"
          error={next.megabytes === undefined ? 'A number from 10, or nothing.' : null}
        />
        <Button busy={busy} disabled={isWrong || isSame} onClick={() => void save()}>
          Save limits
        </Button>
      </div>
      <p className="t3 f12">
        What is over a limit goes at once, oldest first, and cannot be brought back. A signed entry says up to where.
      </p>
      {failure !== null && <FormFailure text={failure} />}
    </section>
  );
}

/** Null: no limit; undefined: not a number of this range. */
function readLimit(text: string, least: number, most: number): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

const durabilities: readonly { value: AuditDurability; label: string; hint: string }[] = [
  { value: 'by-tier', label: 'Writes', hint: 'Decisions on tools that write or more survive a power cut' },
  { value: 'full', label: 'Everything', hint: 'Every row survives a power cut; calls take longer' },
  { value: 'normal', label: 'Nothing', hint: 'The last moments may be lost with the power' },
];

function Durability({ proof: { durability } }: { proof: AuditProof }) {
  const bridge = useBridge();
  const client = useQueryClient();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const set = (next: AuditDurability) =>
    run(async () => {
      await bridge.call('audit.setDurability', { durability: next });
      await client.invalidateQueries({ queryKey: ['audit.proof'] });
    });
  return (
    <section className="audit-set">
      <div className="lab">Survives a power cut</div>
      <Segment
        label="Survives a power cut"
        value={durability}
        options={durabilities}
        disabled={busy}
        onChange={(next) => void set(next)}
      />
      <p className="t3 f12">
        {durabilities.find(({ value }) => value === durability)?.hint}. All rows survive a crash.
      </p>
      {failure !== null && <FormFailure text={failure} />}
    </section>
  );
}

function TextSearch({ overview: { searchesText, callsWithArguments } }: { overview: AuditOverview }) {
  const bridge = useBridge();
  const client = useQueryClient();
  const { busy, run, failure } = useCommand({ says: 'here' });
  const set = (on: boolean) =>
    run(async () => {
      await bridge.call('audit.setTextSearch', { on });
      await client.invalidateQueries({ queryKey: ['audit.overview'] });
    });
  return (
    <section className="audit-set">
      <div className="hs">
        <span className="grow">Search by words</span>
        <Switch label="Search by words" checked={searchesText} disabled={busy} onChange={(on) => void set(on)} />
      </div>
      <p className="t3 f12">
        {searchesText
          ? `The words of every entry lie unencrypted on this disk, and as long as arguments are kept so do the words of those of ${formatCount(callsWithArguments)} ${callsWithArguments === 1 ? 'call' : 'calls'}, without what looks secret. Turning this off erases all of them.`
          : 'No words are kept for searching. Turning this on reads the whole log, and the words of it and of kept arguments then lie unencrypted on this disk.'}
      </p>
      {failure !== null && <FormFailure text={failure} />}
    </section>
  );
}
