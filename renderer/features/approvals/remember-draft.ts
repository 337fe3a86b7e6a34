import type {
  ArgumentChoice,
  Remember,
  RememberDuration,
  RememberMatch,
  RememberOffer,
} from '../../../electron/shared/index.ts';
import { isSameJson } from '../../lib/diff-tree.ts';
import type { Json } from '../../lib/lay-out-tree.ts';

/** What the person has chosen so far; `once` remembers nothing, whatever else is chosen. */
export interface RememberDraft {
  duration: 'once' | RememberDuration;
  match: RememberMatch['kind'];
  /** For a pattern, by argument; an argument without one must be the same. */
  choices: Readonly<Record<string, ArgumentChoice>>;
}

export const onceOnly: RememberDraft = { duration: 'once', match: 'exact', choices: {} };

export const durationLabels: Readonly<Record<RememberDraft['duration'], string>> = {
  once: 'Once',
  '15m': '15 min',
  '1h': '1 hour',
  until_quit: 'Until I quit',
  always: 'Always',
};

/** Shortest first, as the card shows them. */
export const durationOrder = ['once', '15m', '1h', 'until_quit', 'always'] as const;

const durationWords: Readonly<Record<RememberDraft['duration'], string>> = {
  once: 'once',
  '15m': 'for 15 min',
  '1h': 'for 1 hour',
  until_quit: 'until I quit',
  always: 'always…',
};

/** A pattern over more arguments would be a sentence nobody reads. */
const maxPatternArguments = 24;

/** Without a pattern where its sentence would be too long to be read. */
export function withReadablePattern(offer: RememberOffer): RememberOffer {
  if (offer.arguments.length <= maxPatternArguments) return offer;
  const reason = 'This call has too many arguments for a pattern that can be read.';
  return { ...offer, matches: { ...offer.matches, pattern: { offered: false, reason } } };
}

/** What the button does when it is pressed now. */
export function labelApprove({ duration }: RememberDraft, isEdited: boolean): string {
  if (!isEdited) return `Approve ${durationWords[duration]}`;
  return duration === 'once' ? 'Approve edited' : `Approve edited, ${durationWords[duration]}`;
}

/** The permission to send; null for once. Every argument is named, so that what is not chosen must be the same. */
export function toRemember(draft: RememberDraft, offer: RememberOffer): Remember | null {
  const { duration, match, choices } = draft;
  if (duration === 'once') return null;
  if (match !== 'pattern') return { duration, match: { kind: match } };
  const named: [string, ArgumentChoice][] = offer.arguments.map(({ name }) => [
    name,
    (Object.hasOwn(choices, name) ? choices[name] : undefined) ?? { kind: 'same' },
  ]);
  // fromEntries defines own names, so that an argument called __proto__ stays one
  return { duration, match: { kind: 'pattern', arguments: Object.fromEntries(named) } };
}

/** Takes back what is no longer offered, towards the narrower. */
export function fitDraft(draft: RememberDraft, offer: RememberOffer): RememberDraft {
  const { duration, match, choices } = draft;
  const keptDuration = duration === 'once' || offer.durations[duration].offered ? duration : 'once';
  const keptMatch = offer.matches[match].offered ? match : 'exact';
  const kept = offer.arguments.flatMap(({ name, folders, host }): [string, ArgumentChoice][] => {
    const choice = Object.hasOwn(choices, name) ? choices[name] : undefined;
    if (choice === undefined || choice.kind === 'same') return [];
    if (choice.kind === 'inside' && !folders.includes(choice.folder)) return [];
    return choice.kind === 'host' && host !== choice.host ? [] : [[name, choice]];
  });
  return { duration: keptDuration, match: keptMatch, choices: Object.fromEntries(kept) };
}

/**
 * The offer for edited arguments: folders and hosts were made from the original ones, so they stand only where the value
 * is still that.
 */
export function offerForEdit(offer: RememberOffer, original: Json, edited: { [key: string]: Json }): RememberOffer {
  const before = typeof original === 'object' && original !== null && !Array.isArray(original) ? original : {};
  const known = new Map(offer.arguments.map((argument) => [argument.name, argument]));
  return {
    ...offer,
    arguments: Object.keys(edited).map((name) => {
      const same = Object.hasOwn(before, name) && isSameJson(before[name], edited[name]);
      return (same ? known.get(name) : undefined) ?? { name, folders: [], host: null };
    }),
  };
}

/** "Would have matched 23 calls in the last 30 days." as far as the log can tell. */
export function describePast(
  past: { matched: number | null; atLeast: number; calls: number; since: number },
  now: number,
): string {
  const days = Math.max(1, Math.round((now - past.since) / 86_400_000));
  const span = days === 1 ? 'in the last day' : `in the last ${days} days`;
  if (past.calls === 0) return `This agent has not called this tool ${span}.`;
  if (past.matched === 0) return `No call ${span} would have matched.`;
  if (past.matched !== null) return `Would have matched ${calls(past.matched)} ${span}.`;
  const known = past.atLeast === 0 ? '' : ` ${calls(past.atLeast)} had exactly these arguments.`;
  return `Of ${calls(past.calls)} ${span} the log cannot tell how many would have matched: not all their arguments are kept.${known}`;
}

function calls(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`;
}
