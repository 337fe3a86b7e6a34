import { nameCodePoint } from './code-point-names.ts';
import { findMixedWords, hasRightToLeft } from './scripts.ts';

/**
 * Text from agents and servers, cut so that nothing in it can hide: what would be invisible, or would change how its
 * surroundings look, comes as a `hidden` segment to be drawn as a chip.
 */
export type TextSegment =
  | { kind: 'text'; text: string }
  /** A word whose letters come from scripts that do not belong together, or that imitate ASCII. */
  | { kind: 'mixed'; text: string; why: string }
  /** A line break or a tab: kept, with a mark in front. */
  | { kind: 'space'; text: '\n' | '\t' }
  | { kind: 'hidden'; codePoint: number; label: string };

export interface VisibleText {
  segments: TextSegment[];
  /** Chips in it. */
  hiddenCount: number;
  /** Words that mix scripts or imitate ASCII. */
  mixedCount: number;
  /** Letters that are written from right to left and may reorder their surroundings. */
  hasRightToLeft: boolean;
}

/** More marks than this on one letter are a flood that may cover the lines around it. */
const maxMarks = 4;

const hiddenPattern =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|\u2800|[\ufff9-\ufffc]/u;
const markPattern = /^[\p{Mn}\p{Me}\p{Mc}]$/u;
const emojiPattern = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;
const plainPattern = /^[\x20-\x7e]*$/;

export function makeVisible(text: string): VisibleText {
  if (plainPattern.test(text)) {
    const segments: TextSegment[] = text === '' ? [] : [{ kind: 'text', text }];
    return { segments, hiddenCount: 0, mixedCount: 0, hasRightToLeft: false };
  }
  const segments = markWords(cutHidden([...text]));
  return {
    segments,
    hiddenCount: segments.filter((segment) => segment.kind === 'hidden').length,
    mixedCount: segments.filter((segment) => segment.kind === 'mixed').length,
    hasRightToLeft: hasRightToLeft(text),
  };
}

/** One line without chips, for places too small for them: hidden characters become their code point in brackets. */
export function makeVisibleLine(text: string): string {
  return makeVisible(text)
    .segments.map((segment) => {
      if (segment.kind === 'hidden') return `[${segment.label}]`;
      return segment.kind === 'space' ? ' ' : segment.text;
    })
    .join('');
}

function cutHidden(characters: readonly string[]): TextSegment[] {
  const segments: TextSegment[] = [];
  let plain = '';
  let marks = 0;
  const flush = () => {
    if (plain !== '') segments.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    const isMark = markPattern.test(character) && !isVariationSelector(character);
    // A mark with nothing to stand on would lay itself over the quote or the chip before it.
    const isLost = isMark && (marks >= maxMarks || (plain === '' && marks === 0));
    if (character === '\n' || character === '\t') {
      flush();
      segments.push({ kind: 'space', text: character });
    } else if (isLost || (hiddenPattern.test(character) && !joinsEmoji(characters, index))) {
      flush();
      const run = runLength(characters, index, isLost);
      segments.push(describeRun(characters.slice(index, index + run)));
      index += run - 1;
    } else {
      plain += character;
    }
    marks = isMark ? marks + 1 : 0;
  }
  flush();
  return segments;
}

/** How many characters one chip stands for: the same one repeated, a run of marks, or a run of tag characters. */
function runLength(characters: readonly string[], start: number, isMarks: boolean): number {
  const first = characters[start] ?? '';
  const belongs = (other: string) =>
    isMarks ? markPattern.test(other) : isTag(first) ? isTag(other) : other === first;
  let end = start + 1;
  while (end < characters.length && belongs(characters[end] ?? '')) end += 1;
  return end - start;
}

function describeRun(run: readonly string[]): TextSegment {
  const first = run[0] ?? '';
  const codePoint = first.codePointAt(0) ?? 0;
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  const times = run.length > 1 ? ` ×${run.length}` : '';
  if (isTag(first)) {
    const spelled = run.map((tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) & 0x7f)).join('');
    const readable = spelled.replace(/[^\x20-\x7e]/g, '');
    return { kind: 'hidden', codePoint, label: `${code} tag${times}${readable === '' ? '' : ` “${readable}”`}` };
  }
  return { kind: 'hidden', codePoint, label: `${code} ${nameCodePoint(codePoint)}${times}` };
}

function isTag(character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return codePoint >= 0xe0000 && codePoint <= 0xe007f;
}

function isVariationSelector(character: string): boolean {
  return /^[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u.test(character);
}

/** A joiner or an emoji selector that really stands in an emoji is part of its picture. */
function joinsEmoji(characters: readonly string[], index: number): boolean {
  const before = characters[index - 1] ?? '';
  if (characters[index] === '\ufe0f') return /^\p{Extended_Pictographic}$/u.test(before);
  if (characters[index] !== '\u200d') return false;
  return emojiPattern.test(before) && /^\p{Extended_Pictographic}$/u.test(characters[index + 1] ?? '');
}

function markWords(segments: readonly TextSegment[]): TextSegment[] {
  return segments.flatMap((segment) => (segment.kind === 'text' ? splitWords(segment.text) : [segment]));
}

function splitWords(text: string): TextSegment[] {
  if (plainPattern.test(text)) return [{ kind: 'text', text }];
  const flagged = new Map(findMixedWords(text).map((word) => [word.start, word]));
  const parts: TextSegment[] = [];
  let from = 0;
  for (const [start, word] of flagged) {
    if (start > from) parts.push({ kind: 'text', text: text.slice(from, start) });
    parts.push({ kind: 'mixed', text: word.text, why: word.why });
    from = start + word.text.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}
