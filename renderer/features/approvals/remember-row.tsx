import { useEffect, useId, useRef } from 'react';
import {
  type ApprovalView,
  describeRemember,
  type RememberMatch,
  type RememberOffer,
} from '../../../electron/shared/index.ts';
import { useNow } from '../../lib/use-now.ts';
import { Icon } from '../../ui/icon.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { Segment } from '../../ui/segment.tsx';
import { Sentence } from '../policy/sentence.tsx';
import { PatternChoices } from './pattern-choices.tsx';
import { describePast, durationLabels, durationOrder, type RememberDraft } from './remember-draft.ts';
import type { Card } from './use-card.ts';

const matchLabels: Readonly<Record<RememberMatch['kind'], string>> = {
  exact: 'Exactly these',
  pattern: 'A pattern',
  any: 'Any arguments',
};
const matchOrder = ['exact', 'pattern', 'any'] as const;

/** For how long and for what the answer holds, with the sentence it becomes. */
export function RememberRow({ approval, card }: { approval: ApprovalView; card: Card }) {
  const { offer, draft, setDraft } = card;
  const { duration } = draft;
  return (
    <section className="sec remember" aria-label="Remember">
      <div className="rem-line">
        <span className="t3 f12">Remember</span>
        {offer === null ? (
          <span className="t3 f12">Only this call: what else may be remembered is not known.</span>
        ) : (
          <Segment
            label="Remember"
            value={duration}
            options={durationOrder.map((value) => {
              const choice = value === 'once' ? null : offer.durations[value];
              const needsLock = choice !== null && (choice.needsStepUp || !choice.offered);
              return {
                value,
                label: durationLabels[value],
                disabled: choice?.offered === false,
                ...(choice !== null && choice.reason !== '' && { hint: choice.reason }),
                ...(needsLock && { icon: 'lock' as const }),
              };
            })}
            onChange={(next) => setDraft({ ...draft, duration: next })}
          />
        )}
      </div>
      {offer !== null && <NotOffered offer={offer} />}
      {offer !== null && duration !== 'once' && (
        <>
          <MatchRadios offer={offer} draft={draft} onChange={setDraft} />
          {draft.match === 'pattern' && (
            <PatternChoices
              offer={offer}
              value={card.value}
              choices={draft.choices}
              onChange={(choices) => setDraft({ ...draft, choices })}
            />
          )}
        </>
      )}
      <BecomesSentence approval={approval} card={card} />
    </section>
  );
}

/** A reason that holds for every time, or for Always alone. */
function NotOffered({ offer: { durations } }: { offer: RememberOffer }) {
  const { always, '1h': timed } = durations;
  const text = !timed.offered ? timed.reason : !always.offered ? `Always: ${always.reason}` : '';
  if (text === '') return null;
  return (
    <p className="t3 f12 rem-note hs">
      <Icon name="lock" small />
      <span>{text}</span>
    </p>
  );
}

interface MatchRadiosProps {
  offer: RememberOffer;
  draft: RememberDraft;
  onChange: (draft: RememberDraft) => void;
}

function MatchRadios({ offer, draft, onChange }: MatchRadiosProps) {
  const group = useId();
  const kinds = matchOrder.filter((kind) => offer.matches[kind].offered);
  const missing = offer.matches.any.offered ? '' : offer.matches.any.reason;
  return (
    <>
      <fieldset className="rem-line rads">
        <legend className="sr">For</legend>
        <span className="t3 f12" aria-hidden="true">
          For
        </span>
        <span className="rad-list">
          {kinds.map((kind) => (
            <label key={kind} className="rad">
              <input
                type="radio"
                name={group}
                checked={draft.match === kind}
                onChange={() => onChange({ ...draft, match: kind })}
              />
              {matchLabels[kind]}
            </label>
          ))}
        </span>
      </fieldset>
      {missing !== '' && <p className="t3 f12 rem-note">Any arguments: {missing}</p>}
    </>
  );
}

function BecomesSentence({ approval, card }: { approval: ApprovalView; card: Card }) {
  const { remember, preview, value, edit } = card;
  const now = useNow(60_000);
  const sentence = useRef<HTMLDivElement>(null);
  const chosen = JSON.stringify([remember, preview]);
  // What a choice becomes must be seen, however small the window.
  useEffect(() => {
    if (chosen !== '') sentence.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const { agentName, serverName, tool } = approval;
  if (remember === null) {
    return (
      <p className="quote f12">
        <RawText text={agentName} /> may do {edit.phase === 'edited' ? 'this, as you changed it,' : 'exactly this,'} one
        time.
      </p>
    );
  }
  const args = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return (
    <div ref={sentence} className="quote f12" aria-live="polite">
      <p>
        <Sentence parts={describeRemember({ agentName, serverName, tool, arguments: args }, remember)} />
      </p>
      <p className="t3">{preview.past === null ? '' : describePast(preview.past, now)}</p>
      {preview.refusal !== null && (
        <p className="card-refusal" role="alert">
          {preview.refusal}
        </p>
      )}
    </div>
  );
}
