import { type FoldedText, foldText, joinSpreadLetters, unleetWord } from './fold-text.ts';
import { type ConceptHit, findLiterals } from './literal-concepts.ts';
import { phraseRules, proseRules } from './prose-rules.ts';
import type { RuleId } from './rules.ts';
import { bitOf, concepts, wordIndex } from './vocabulary.ts';

/** A rule that holds, and where: UTF-16 offsets of the text it was found in. */
export interface Hit {
  rule: RuleId;
  start: number;
  end: number;
}

/** What the end of a sentence and a comma count for in the distance of two words, in characters. */
const sentenceGap = 30;
const clauseGap = 12;
const wordPattern = /[\p{L}\p{N}\p{M}'’@$]+/gu;
const sentenceEnd = /[.!?](?=\s|$)|[\n。！？।]|[,;:，；、](?=\s|\P{ASCII})/gu;
const otherScripts = /[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/u;
const maxHitsPerRule = 3;

/** Sayings as they look once spread letters were put together: no spaces. */
const squashed =
  /ignor(?:e|ing)(?:all)?(?:previous|prior|your)|donot(?:tell|mention|inform)|systemprompt|password|apikey|privatekey|idrsa|sshkey|credentials?|withoutasking|donotask|secretly|exfiltrat|sendthe|readthe/;

/** Looks through one text of a definition as a reader of any of the known languages would. Linear in its length. */
export function scanProse(original: string, inInput = false): Hit[] {
  const folded = foldText(original);
  const hits: Hit[] = folded.mixed.slice(0, maxHitsPerRule).map((span) => ({ rule: 'lookalike-letters', ...span }));
  const found: ConceptHit[] = [...findWords(folded.text), ...findPieces(folded.text), ...findLiterals(folded.text)];
  found.sort((a, b) => a.start - b.start);
  hits.push(...toOriginal(folded, matchProse(folded.text, found, inInput)));
  hits.push(...toOriginal(folded, matchPhrases(folded.text)));
  hits.push(...toOriginal(folded, findSpread(folded.text)));
  return hits;
}

function toOriginal(folded: FoldedText, hits: readonly Hit[]): Hit[] {
  return hits.map(({ rule, start, end }) => ({ rule, start: folded.originAt(start), end: folded.originAt(end) }));
}

function meaningOf(word: string): number {
  const exact = wordIndex.exact.get(word) ?? 0;
  let bits = exact;
  const longest = Math.min(word.length, wordIndex.longestStem);
  for (let length = wordIndex.shortestStem; length <= longest; length += 1)
    bits |= wordIndex.stems.get(word.slice(0, length)) ?? 0;
  return bits;
}

const meanings = new Map<string, number>();
const maxMeanings = 20_000;

function* findWords(text: string): Generator<ConceptHit> {
  for (const match of text.matchAll(wordPattern)) {
    const [word] = match;
    if (word.length > 40) continue;
    const bits = lookUp(word);
    if (bits !== 0) yield { start: match.index, end: match.index + word.length, bits };
  }
}

function lookUp(raw: string): number {
  const known = meanings.get(raw);
  if (known !== undefined) return known;
  // French and Italian glue short words to the next one: l'utilisateur, n'informez, dell'utente
  const word = raw.replace(/^(?:[a-z]|qu|dell|all|nell|sull)['’](?=\p{L}{3})/u, '').replace(/['’]/g, '');
  let bits = meaningOf(word);
  const plain = bits === 0 ? unleetWord(word) : null;
  if (plain !== null) bits = meaningOf(plain);
  if (meanings.size < maxMeanings) meanings.set(raw, bits);
  return bits;
}

const piecePattern = new RegExp(
  [...wordIndex.pieces.keys()]
    .sort((a, b) => b.length - a.length)
    .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|'),
  'gu',
);

function* findPieces(text: string): Generator<ConceptHit> {
  if (!otherScripts.test(text)) return;
  for (const match of text.matchAll(piecePattern))
    yield {
      start: match.index,
      end: match.index + match[0].length,
      bits: wordIndex.pieces.get(match[0]) ?? 0,
    };
}

/** One pass: each meaning's last place is kept, and a rule holds when all of its meanings are near enough. */
function matchProse(text: string, found: readonly ConceptHit[], inInput: boolean): Hit[] {
  const lastAt = new Float64Array(concepts.length).fill(Number.NEGATIVE_INFINITY);
  const lastStart = new Int32Array(concepts.length);
  const counts = new Map<RuleId, number>();
  const quietUntil = new Map<number, number>();
  const hits: Hit[] = [];
  const ends = sentenceEnds(text);
  let passed = 0;
  let gaps = 0;
  for (const { start, end, bits } of found) {
    for (let next = ends[passed]; next !== undefined && next.at < start; next = ends[passed]) {
      gaps += next.gap;
      passed += 1;
    }
    const at = start + gaps;
    for (let index = 0; index < concepts.length; index += 1) {
      if ((bits & (1 << index)) === 0) continue;
      lastAt[index] = at;
      lastStart[index] = start;
    }
    proseRules.forEach((rule, number) => {
      if ((rule.all & bits) === 0 || (rule.inInput && !inInput) || (quietUntil.get(number) ?? -1) > start) return;
      const from = spanStart(rule.all, at - rule.span, lastAt, lastStart, start);
      if (from === null || (counts.get(rule.rule) ?? 0) >= maxHitsPerRule) return;
      if (rule.unless !== 0 && spanStart(rule.unless, at - rule.span - clauseGap, lastAt, lastStart, start) !== null)
        return;
      counts.set(rule.rule, (counts.get(rule.rule) ?? 0) + 1);
      quietUntil.set(number, end + rule.span);
      hits.push({ rule: rule.rule, start: from, end });
    });
  }
  return hits;
}

/** Where the earliest of the meanings stands, null when one of them is not there or too far away. */
function spanStart(
  all: number,
  limit: number,
  lastAt: Float64Array,
  lastStart: Int32Array,
  start: number,
): number | null {
  let from = start;
  for (let index = 0; index < concepts.length; index += 1) {
    if ((all & (1 << index)) === 0) continue;
    if ((lastAt[index] ?? Number.NEGATIVE_INFINITY) < limit) return null;
    from = Math.min(from, lastStart[index] ?? start);
  }
  return from;
}

function sentenceEnds(text: string): { at: number; gap: number }[] {
  return Array.from(text.matchAll(sentenceEnd), (match) => ({
    at: match.index,
    gap: /[,;:，；、]/.test(match[0]) ? clauseGap : sentenceGap,
  }));
}

function matchPhrases(text: string): Hit[] {
  const hits: Hit[] = [];
  for (const [rule, pattern] of phraseRules) {
    let count = 0;
    for (const match of text.matchAll(pattern)) {
      hits.push({ rule, start: match.index, end: match.index + match[0].length });
      count += 1;
      if (count === maxHitsPerRule) break;
    }
  }
  return hits;
}

function findSpread(text: string): Hit[] {
  return joinSpreadLetters(text)
    .slice(0, maxHitsPerRule)
    .map(({ text: joined, start, end }) => ({
      rule: squashed.test(joined) ? ('override' as const) : ('disguised' as const),
      start,
      end,
    }));
}

/** True where the text holds words that only stand-ins for letters keep from being words. */
export function findLeet(original: string): Hit[] {
  const hits: Hit[] = [];
  const sensitive = bitOf('secret') | bitOf('ignore') | bitOf('instructions') | bitOf('person') | bitOf('neg');
  const { text, originAt } = foldText(original);
  for (const match of text.matchAll(wordPattern)) {
    const [word] = match;
    if (word.length < 5 || word.length > 40 || !/\d|[@$]/.test(word) || /\d{3}/.test(word)) continue;
    const plain = unleetWord(word);
    if (plain === null || plain === word || (meaningOf(plain) & sensitive) === 0) continue;
    hits.push({ rule: 'disguised', start: originAt(match.index), end: originAt(match.index + word.length) });
    if (hits.length === maxHitsPerRule) break;
  }
  return hits;
}
