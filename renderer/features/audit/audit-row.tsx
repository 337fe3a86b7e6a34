import { memo } from 'react';
import type { AuditEntry } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { StateWord } from '../../ui/state-word.tsx';
import { describeEntry, eventName, reasonOf, whoOf } from './entry-words.ts';

interface AuditRowProps {
  /** Undefined while its page is read. */
  entry: AuditEntry | undefined;
  /** 1 is the row of headings. */
  rowIndex: number;
  top: number;
  isSelected: boolean;
  ruleName: string | null;
  now: number;
}

export const rowIdOf = (seq: number) => `entry-${seq}`;

/** One entry of the log. */
export const AuditRow = memo(function AuditRow({ entry, rowIndex, top, isSelected, ruleName, now }: AuditRowProps) {
  const style = { transform: `translateY(${top}px)` };
  if (entry === undefined) {
    return (
      <tr className="r" aria-rowindex={rowIndex} style={style}>
        <td className="audit-blank">
          <span className="skel-row" />
        </td>
      </tr>
    );
  }
  const { subject } = entry;
  const about = makeVisibleLine(subject ?? '');
  const reason = makeVisibleLine(reasonOf(entry, ruleName));
  return (
    <tr
      id={rowIdOf(entry.seq)}
      className="r"
      data-entry={entry.seq}
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      style={style}
    >
      <td className="tm">{formatMoment(entry.at, now)}</td>
      <td>
        <StateWord {...describeEntry(entry)} />
      </td>
      <TextCell className="cut" text={whoOf(entry)} />
      <TextCell className="sv cut" text={entry.serverId ?? ''} />
      {entry.tool === null ? (
        <TextCell className="cut" text={eventName(entry.event)} />
      ) : (
        <TextCell className="mono cut" text={entry.tool} />
      )}
      <td className="t2 cut" title={about}>
        {about}
      </td>
      <td className="t2 cut" title={reason}>
        {reason || (entry.tool === null && <span className="audit-about">{about}</span>)}
      </td>
    </tr>
  );
});

function TextCell({ className, text }: { className: string; text: string }) {
  const line = makeVisibleLine(text);
  return (
    <td className={className} title={line}>
      {line}
    </td>
  );
}
