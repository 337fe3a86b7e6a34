import type { FilterMode, FilterSettings, ResultFinding } from '../../../shared/content.ts';
import { scanRules } from '../scan/rules.ts';
import { findPersonal } from './find-personal.ts';
import { findSecrets, type SecretHit } from './find-secrets.ts';
import { findSpeech } from './find-speech.ts';
import { isOddCode, type Suspect, scanBytes } from './scan-bytes.ts';

/** Puts `with` in the place of the bytes from `start` to `end` (exclusive). */
export interface FilterEdit {
  start: number;
  end: number;
  with: Buffer;
}

/** What a result was found to hold, and what must be changed in its bytes. */
export interface Filtered {
  findings: ResultFinding[];
  edits: FilterEdit[];
  isWithheld: boolean;
  /** It speaks to the agent. */
  speaks: boolean;
  /** Letters are spelled as escapes: these bytes cannot be searched, the text must be written plainly first. */
  isDisguised: boolean;
}

const nothing: Filtered = { findings: [], edits: [], isWithheld: false, speaks: false, isDisguised: false };

/**
 * Looks through the bytes of one JSON message in a single pass and decides by the settings of its server. Nothing is
 * parsed. With no finding the caller passes the very same bytes on.
 */
export function filterBytes(bytes: Buffer, settings: FilterSettings): Filtered {
  const { secrets, hidden, personal, injection } = settings;
  if (secrets === 'off' && hidden === 'off' && personal === 'off' && injection === 'off') return nothing;
  const { found, hasDisguise, isFlood } = scanBytes(bytes);
  if (hasDisguise) return { ...nothing, isDisguised: true };
  const filtered: Filtered = { ...nothing, findings: [], edits: [] };
  if (secrets !== 'off') {
    const hits = findSecrets(bytes, found);
    put(filtered, 'secret', hits, secrets, '[secret removed]');
    // more places than can be judged: where secrets must not pass, the rest must not either
    if (isFlood && secrets !== 'flag') withhold(filtered, 'secret', 'too many places to look at');
  }
  if (hidden !== 'off') {
    const hits = findHiddenRuns(bytes, found);
    put(filtered, 'hidden', hits, hidden, '');
  }
  if (personal !== 'off') put(filtered, 'personal', findPersonal(bytes), personal, '[number removed]');
  if (injection !== 'off') {
    for (const rule of findSpeech(bytes, found)) {
      filtered.speaks = true;
      filtered.findings.push({ kind: 'injection', what: scanRules[rule].title, count: 1, did: 'flagged' });
    }
  }
  filtered.edits = withoutOverlaps(filtered.edits);
  return filtered;
}

function withhold(filtered: Filtered, kind: ResultFinding['kind'], what: string): void {
  filtered.isWithheld = true;
  filtered.findings.push({ kind, what, count: 1, did: 'withheld' });
}

const done = { flag: 'flagged', redact: 'redacted', block: 'withheld' } as const;

function put(
  filtered: Filtered,
  kind: ResultFinding['kind'],
  hits: readonly SecretHit[],
  mode: Exclude<FilterMode, 'off'>,
  mask: string,
): void {
  if (hits.length === 0) return;
  const counts = new Map<string, number>();
  for (const { what } of hits) counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const [what, count] of counts) filtered.findings.push({ kind, what, count, did: done[mode] });
  if (mode === 'block') filtered.isWithheld = true;
  if (mode !== 'redact') return;
  const bytes = Buffer.from(mask);
  filtered.edits.push(...hits.map(({ start, end }) => ({ start, end, with: bytes })));
}

/** Emoji and the joiners of scripts are no finding: joiners are not among the suspects, presentation forms neither. */
function findHiddenRuns(bytes: Buffer, suspects: readonly Suspect[]): SecretHit[] {
  return suspects.flatMap(({ kind, start, end }) => {
    if (kind !== 'hidden' && kind !== 'escape') return [];
    return [{ what: nameHidden(bytes, kind, start, end), start, end }];
  });
}

function nameHidden(bytes: Buffer, kind: Suspect['kind'], start: number, end: number): string {
  const code =
    kind === 'escape'
      ? Number.parseInt(bytes.toString('latin1', start + 2, end), 16)
      : (bytes.toString('utf8', start, end).codePointAt(0) ?? 0);
  if (code === 0x1b) return 'terminal sequences';
  if (code < 0xa0) return 'control characters';
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code === 0x200e || code === 0x200f)
    return 'direction marks';
  if (code >= 0xe0000 || (code >= 0xdb40 && code <= 0xdb43)) return 'tag characters';
  return isOddCode(code) ? 'invisible characters' : 'odd characters';
}

function withoutOverlaps(edits: readonly FilterEdit[]): FilterEdit[] {
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: FilterEdit[] = [];
  let reached = 0;
  for (const edit of sorted) {
    if (edit.start < reached) continue;
    kept.push(edit);
    reached = edit.end;
  }
  return kept;
}
