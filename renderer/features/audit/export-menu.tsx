import { useRef, useState } from 'react';
import type { AuditFilter, ExportFormat } from '../../../electron/shared/index.ts';
import { type Bridge, explainError } from '../../bridge/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFailure } from '../../ui/form-failure.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { countEntries } from './entry-words.ts';
import { nameFile, saveFile } from './save-file.ts';

interface ExportMenuProps {
  filter: AuditFilter;
  /** The newest row the list was read from; null while it is not known. */
  through: number | null;
  /** How many entries fit; null while they are counted. */
  total: number | null;
}

interface Run {
  format: ExportFormat;
  entries: number;
  state: 'reading' | 'done' | 'failed';
  failure: string;
}

const types: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv', jsonl: 'application/x-ndjson' };

/** What the filter lets through, as a file. */
export function ExportMenu({ filter, through, total }: ExportMenuProps) {
  const bridge = useBridge();
  const [run, setRun] = useState<Run | null>(null);
  const wanted = useRef(0);
  const start = async (format: ExportFormat) => {
    wanted.current += 1;
    const own = wanted.current;
    const isWanted = () => wanted.current === own;
    const began: Run = { format, entries: 0, state: 'reading', failure: '' };
    setRun(began);
    try {
      const onProgress = (entries: number) => isWanted() && setRun({ ...began, entries });
      const file = await readAll(bridge, { filter, format, through }, isWanted, onProgress);
      if (file === null) return;
      saveFile(nameFile('audit', Date.now(), format), file.parts, types[format]);
      setRun({ ...began, entries: file.entries, state: 'done' });
    } catch (error) {
      const { message, fix } = explainError(error);
      if (isWanted()) setRun({ ...began, state: 'failed', failure: `${message} ${fix}`.trim() });
    }
  };
  const close = () => {
    wanted.current += 1;
    setRun(null);
  };
  return (
    <>
      <Menu
        trigger={
          <Button icon="download" disabled={through === null}>
            Export
          </Button>
        }
      >
        <MenuItem onSelect={() => void start('csv')}>CSV, for a spreadsheet</MenuItem>
        <MenuItem onSelect={() => void start('jsonl')}>JSONL, every field</MenuItem>
      </Menu>
      {run !== null && <ExportDialog run={run} total={total} onClose={close} onRetry={() => void start(run.format)} />}
    </>
  );
}

interface ExportDialogProps {
  run: Run;
  total: number | null;
  onClose: () => void;
  onRetry: () => void;
}

function ExportDialog({ run, total, onClose, onRetry }: ExportDialogProps) {
  const isReading = run.state === 'reading';
  return (
    <Dialog
      open
      onClose={onClose}
      title={run.state === 'done' ? 'Exported' : 'Exporting'}
      footer={
        <>
          <span className="grow" />
          {run.state === 'failed' && <Button onClick={onRetry}>Try again</Button>}
          <Button onClick={onClose}>{isReading ? 'Cancel' : 'Close'}</Button>
        </>
      }
    >
      <p role="status">
        {run.state === 'done'
          ? `${countEntries(run.entries)} in the file. That it was exported is in the log as well.`
          : `${countEntries(run.entries)}${total === null ? '' : ` of ${formatCount(total)}`} read.`}
      </p>
      {isReading && (
        <progress className="export-progress" max={Math.max(1, total ?? 1)} value={run.entries} aria-label="Exported" />
      )}
      {run.state === 'failed' && <FormFailure text={run.failure} />}
    </Dialog>
  );
}

interface Wish {
  filter: AuditFilter;
  format: ExportFormat;
  through: number | null;
}

/** Piece by piece, so that it can be stopped between two; null when it was. */
async function readAll(
  bridge: Bridge,
  wish: Wish,
  isWanted: () => boolean,
  onProgress: (entries: number) => void,
): Promise<{ parts: string[]; entries: number } | null> {
  const parts: string[] = [];
  let entries = 0;
  let before: number | null = null;
  let { through } = wish;
  do {
    const piece: Awaited<ReturnType<typeof readPiece>> = await readPiece(bridge, { ...wish, through, before });
    if (!isWanted()) return null;
    parts.push(piece.text);
    entries += piece.entries;
    before = piece.next;
    through = piece.through;
    onProgress(entries);
  } while (before !== null);
  return { parts, entries };
}

function readPiece(bridge: Bridge, wish: Wish & { before: number | null }) {
  return bridge.call('audit.export', wish);
}
