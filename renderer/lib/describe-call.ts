import type { CallView, Outcome } from '../../electron/shared/index.ts';
import type { IconName } from '../ui/icon.tsx';
import type { StateTone } from '../ui/state-word.tsx';

export interface StateLook {
  tone: StateTone;
  icon: IconName;
  word: string;
}

const outcomes: Readonly<Record<Outcome, StateLook>> = {
  ok: { tone: 'allow', icon: 'check', word: 'Allowed' },
  tool_error: { tone: 'fault', icon: 'fault', word: 'Tool error' },
  denied: { tone: 'block', icon: 'block', word: 'Denied' },
  paused: { tone: 'block', icon: 'pause', word: 'Paused' },
  degraded: { tone: 'block', icon: 'block', word: 'Refused' },
  unknown: { tone: 'fault', icon: 'fault', word: 'Unknown' },
  rate_limited: { tone: 'block', icon: 'clock', word: 'Limited' },
  invalid_arguments: { tone: 'block', icon: 'block', word: 'Invalid' },
  approval_denied: { tone: 'block', icon: 'block', word: 'Denied' },
  approval_expired: { tone: 'block', icon: 'clock', word: 'Timed out' },
  credential_unavailable: { tone: 'block', icon: 'block', word: 'No credential' },
  upstream_error: { tone: 'fault', icon: 'fault', word: 'Failed' },
  not_found: { tone: 'block', icon: 'block', word: 'Not listed' },
  cancelled: { tone: 'off', icon: 'x', word: 'Cancelled' },
  internal_error: { tone: 'fault', icon: 'fault', word: 'Failed' },
};

/** Glyph, word and tone of a call, for its row, its pane and the outcome filter. */
export function describeCallState(call: CallView): StateLook {
  if (call.status === 'awaiting_approval') return { tone: 'ask', icon: 'hand', word: 'Waiting' };
  if (call.status !== 'settled') return { tone: 'run', icon: 'run', word: 'Running' };
  return outcomes[call.outcome ?? 'unknown'];
}

/** The same for an outcome alone, as the audit log keeps it. */
export function describeOutcome(outcome: string): StateLook {
  return outcomes[outcome as Outcome] ?? { tone: 'off', icon: 'info', word: outcome };
}

/** The outcomes a word stands for: `denied` is a decision's and a person's; what is none is taken as it is. */
export function outcomesNamed(word: string): string[] {
  const wanted = word.toLowerCase();
  const named = Object.entries(outcomes)
    .filter(([code, look]) => code === wanted || look.word.toLowerCase().startsWith(wanted))
    .map(([code]) => code);
  return named.length === 0 ? [word] : named;
}

/** Every word an outcome can have, once each. */
export const outcomeWords: readonly string[] = [
  'Waiting',
  'Running',
  ...new Set(Object.values(outcomes).map((look) => look.word)),
];

/** Refused by a decision, whoever made it. */
export function isRefusal(call: CallView): boolean {
  return call.status === 'settled' && describeCallState(call).tone === 'block';
}

/** Broken machinery. */
export function isFailure(call: CallView): boolean {
  return call.status === 'settled' && describeCallState(call).tone === 'fault';
}
