import { told } from '../core/refusals.ts';
import type { DecidedCall } from '../core/stages.ts';
import type { Answer } from './approval-item.ts';
import type { End } from './settle.ts';

const words = {
  again: (note: string | null) =>
    `The user denied this very call a moment ago${note ? `: ${note}` : ''}. Do not repeat it; it is not asked again.`,
  away: 'The user is away, so this call was not made. It is kept for them to look at later.',
  full: 'Too many of your calls wait for the user’s approval. This call was not made; try again when some are answered.',
};

/** How an answer that lets nothing through ends its call, and what the agent is told. */
export function endOfAnswer(
  answer: Exclude<Answer, { kind: 'approved' } | { kind: 'reconsidered' }>,
  call: DecidedCall,
): End {
  switch (answer.kind) {
    case 'denied':
      return { ...endOfDenial(answer), about: call };
    case 'expired':
      return { outcome: 'approval_expired', reasonCode: 'timeout', told: told.expired, about: call };
    case 'cancelled':
      return { outcome: 'cancelled', reasonCode: 'cancelled', told: told.cancelled, about: call };
    case 'full':
      return { outcome: 'rate_limited', reasonCode: 'too_many_waiting', told: words.full, about: call };
    case 'parked':
      return { outcome: null, reasonCode: 'call_again', told: told.callAgain, about: call };
  }
}

function endOfDenial({ cause, note }: Extract<Answer, { kind: 'denied' }>): End {
  const outcome = 'approval_denied';
  if (cause === 'away') return { outcome, reasonCode: 'away', told: words.away };
  if (cause === 'cooldown') return { outcome, reasonCode: 'denied_recently', told: words.again(note) };
  return { outcome, reasonCode: 'denied_by_user', told: told.deniedBy(note) };
}
