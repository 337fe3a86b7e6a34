/**
 * What one condition says of one call. `unsure`: the value has the wrong type, is required but absent, or can be read in
 * several ways that disagree. Allow takes `yes` only; Ask and Block take `yes` and `unsure`, so doubt never widens.
 */
export type Verdict = 'yes' | 'no' | 'unsure';

export function verdictOf(holds: boolean): Verdict {
  return holds ? 'yes' : 'no';
}

/** All readings of one value: they agree, or nothing is sure. None at all is unsure. */
export function agree(verdicts: Iterable<Verdict>): Verdict {
  let common: Verdict | null = null;
  for (const verdict of verdicts) {
    if (verdict === 'unsure' || (common !== null && verdict !== common)) return 'unsure';
    common = verdict;
  }
  return common ?? 'unsure';
}

/** All conditions of one rule; a rule without conditions matches. */
export function both(first: Verdict, second: Verdict): Verdict {
  if (first === 'no' || second === 'no') return 'no';
  return first === 'unsure' || second === 'unsure' ? 'unsure' : 'yes';
}
