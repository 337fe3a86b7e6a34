/** A run of characters that a reader does not see or that change how others look; UTF-16 offsets. */
export interface HiddenRun {
  start: number;
  end: number;
  /** What tag characters spell, or variation selectors encode, in ASCII; empty for all others. */
  spelled: string;
}

/** As text, because a pattern cannot spell control characters out. Line feed, carriage return and tab are not among them. */
const characters =
  '\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff';
const suspects = new RegExp(`[${characters}\\ue000-\\uf8ff\\ud800-\\udfff]`);
const hidden = new RegExp(`[${characters}\\p{Co}\\p{Cs}\\u{e0000}-\\u{e0fff}]+`, 'gu');
const picture = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u20e3|[#*0-9]/u;
const joinsLetters =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Mongolian}\p{Script=Syriac}\p{Script=Oriya}]/u;
const flagTag = /\u{1f3f4}$/u;

/** Every such run, at most `max`; emoji, flags and the joiners of scripts that need them are not among them. */
export function findHidden(text: string, max = 20): HiddenRun[] {
  if (!suspects.test(text)) return [];
  const runs: HiddenRun[] = [];
  for (const match of text.matchAll(hidden)) {
    const { index: start } = match;
    const end = start + match[0].length;
    if (isHonest(text, start, end, match[0])) continue;
    runs.push({ start, end, spelled: spell(match[0]) });
    if (runs.length === max) break;
  }
  return runs;
}

function isHonest(text: string, start: number, end: number, run: string): boolean {
  const before = lastCharacter(text, start);
  const after = String.fromCodePoint(text.codePointAt(end) ?? 0x20);
  // a byte order mark at the very start is an editor's
  if (run === '\ufeff' && start === 0) return true;
  if (run === '\ufe0f' || run === '\ufe0e') return picture.test(before) || /[\p{So}\p{Sm}\p{Po}]/u.test(before);
  if (run === '\u200d' || run === '\ufe0f\u200d') {
    if (picture.test(before) && /[\p{Extended_Pictographic}]/u.test(after)) return true;
    return joinsLetters.test(before) || joinsLetters.test(after);
  }
  if (run === '\u200c') return joinsLetters.test(before) && joinsLetters.test(after);
  // the flags of England, Scotland and Wales are spelled with tags and end with a cancel tag
  return /^[\u{e0061}-\u{e007a}]{3,6}\u{e007f}$/u.test(run) && flagTag.test(text.slice(0, start));
}

function lastCharacter(text: string, end: number): string {
  const unit = text.charCodeAt(end - 1);
  const isLow = unit >= 0xdc00 && unit <= 0xdfff;
  return end === 0 ? '' : text.slice(end - (isLow ? 2 : 1), end);
}

function spell(run: string): string {
  let spelled = '';
  for (const character of run) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xe0020 && code <= 0xe007e) spelled += String.fromCharCode(code - 0xe0000);
    else if (code >= 0xe0100 && code <= 0xe01ef) spelled += String.fromCharCode((code - 0xe0100 + 16) & 0x7f);
    if (spelled.length === 400) break;
  }
  return spelled.replace(/[^\x20-\x7e]/g, '');
}
