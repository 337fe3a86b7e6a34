import { useMemo } from 'react';
import { formatMoment } from '../../lib/format.ts';
import { describeFindings, inspectTexts } from '../../lib/inspect-text.ts';
import { CopyLink } from '../../ui/copy-link.tsx';
import { JsonTree } from '../../ui/json-tree.tsx';
import { RawLines } from '../../ui/raw-lines.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { StateWord } from '../../ui/state-word.tsx';
import type { Card } from './use-card.ts';

/** Names that are listed before the rest is only counted. */
const shownNames = 4;

/** Everything that will be sent to the server, readable and complete. */
export function CardArguments({ card, canEdit }: { card: Card; canEdit: boolean }) {
  const { value, lines, expand, reveal, edit, setEdit } = card;
  const findings = useMemo(() => describeFindings(inspectTexts(value)), [value]);
  const isEdited = edit.phase === 'edited';
  const title = isEdited ? 'All arguments, as you changed them' : 'All arguments';
  return (
    <section className="well" aria-label={title}>
      <div className="lab">
        {title} <span className="grow" />
        {isEdited && (
          <button type="button" className="lnk" onClick={() => setEdit({ phase: 'none' })}>
            Undo changes
          </button>
        )}
        {canEdit && (
          <button
            type="button"
            className="lnk"
            onClick={() => reveal(() => setEdit({ phase: 'editing', from: edit.phase === 'edited' ? edit : null }))}
          >
            {isEdited ? 'Edit again…' : 'Edit…'}
          </button>
        )}
        <CopyLink text={JSON.stringify(value, null, 2)} />
      </div>
      {findings.length > 0 && (
        <p className="findings f12">
          <StateWord tone="ask" icon="fault" word={`Contains ${findings.join(', ')}`} />
        </p>
      )}
      {!isEdited && <LastApproved card={card} />}
      {lines.length === 0 ? (
        <p className="t3 f12">No arguments.</p>
      ) : (
        <JsonTree lines={lines} onExpand={expand} onReveal={() => reveal()} />
      )}
      <OtherMembers text={card.other} />
      {edit.phase === 'edited' && edit.check.effect === 'allow' && (
        <p className="t3 f12">With these arguments the call would have passed without asking.</p>
      )}
    </section>
  );
}

/** What the request holds beside its arguments, never folded. */
function OtherMembers({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <>
      <div className="lab">Also in the request</div>
      <pre className="other-members">
        <RawLines text={text} />
      </pre>
    </>
  );
}

/** What is other than in the call of this tool that was approved last. */
function LastApproved({ card: { last, isComparing, setComparing } }: { card: Card }) {
  if (last === null) return null;
  const when = formatMoment(last.at, Date.now());
  if (last.changed.length === 0)
    return <p className="t3 f12 last-approved">The same arguments as in the call you approved {when}</p>;
  const rest = last.changed.length - shownNames;
  return (
    <p className="t2 f12 last-approved">
      Other than in the call you approved {when}:{' '}
      {last.changed.slice(0, shownNames).map((name, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <code>
            <RawText text={name} />
          </code>
        </span>
      ))}
      {rest > 0 && ` and ${rest} more`}{' '}
      <button type="button" className="lnk" aria-pressed={isComparing} onClick={() => setComparing(!isComparing)}>
        {isComparing ? 'Hide changes' : 'Show changes'}
      </button>
    </p>
  );
}
