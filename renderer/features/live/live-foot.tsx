import { useMemo } from 'react';
import type { CallView } from '../../../electron/shared/index.ts';
import { isFailure, isRefusal } from '../../lib/describe-call.ts';
import { countOf, formatCount } from '../../lib/format.ts';

/** What the list holds, counted. */
export function LiveFoot({ rows }: { rows: readonly CallView[] }) {
  const { waiting, denied, failed } = useMemo(
    () => ({
      waiting: rows.filter((call) => call.status === 'awaiting_approval').length,
      denied: rows.filter(isRefusal).length,
      failed: rows.filter(isFailure).length,
    }),
    [rows],
  );
  return (
    <footer className="foot">
      <span>{countOf(rows.length, 'call')}</span>
      {waiting > 0 && <span>{formatCount(waiting)} waiting</span>}
      <span>{formatCount(denied)} denied</span>
      {failed > 0 && <span>{formatCount(failed)} failed</span>}
      <span className="grow" />
      <span>
        <kbd>j</kbd> <kbd>k</kbd> move
      </span>
      <span>
        <kbd>?</kbd> shortcuts
      </span>
    </footer>
  );
}
