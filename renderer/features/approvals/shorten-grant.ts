import type { GrantView } from '../../../electron/shared/index.ts';

export interface ShorterEnd {
  label: string;
  expiresAt: number;
}

const minute = 60_000;
const spans = [
  ['In 5 min', 5 * minute],
  ['In 15 min', 15 * minute],
  ['In 1 hour', 60 * minute],
  ['In 8 hours', 8 * 60 * minute],
  ['In 1 day', 24 * 60 * minute],
] as const;

/** Ends a person can choose for a grant: only earlier ones than its own. Times in milliseconds since the epoch. */
export function offerShorterEnds({ expiresAt }: GrantView, now: number): ShorterEnd[] {
  return spans
    .map(([label, span]) => ({ label, expiresAt: now + span }))
    .filter((end) => expiresAt === null || end.expiresAt < expiresAt);
}
