/** Which writing systems a word uses, to tell a word that imitates another. */

const scripts = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['Georgian', /\p{Script=Georgian}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Han', /\p{Script=Han}/u],
  ['Hiragana', /\p{Script=Hiragana}/u],
  ['Katakana', /\p{Script=Katakana}/u],
  ['Hangul', /\p{Script=Hangul}/u],
  ['Bopomofo', /\p{Script=Bopomofo}/u],
] as const;

/** Scripts that are written together; with Latin beside them, as names and abbreviations are. */
const families: readonly ReadonlySet<string>[] = [
  new Set(['Latin', 'Han', 'Hiragana', 'Katakana']),
  new Set(['Latin', 'Han', 'Hangul']),
  new Set(['Latin', 'Han', 'Bopomofo']),
];

const wordPattern = /[\p{L}\p{M}\p{N}_]+/gu;
const rightToLeftPattern = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const lookAlikePattern =
  /[\u2024\u2044\u2100-\u2138\u2145-\u2149\u2215\u2216\u2236\u29f5\u29f8\ua789\ufe50-\ufe6b\uff01-\uff5e\u{1d400}-\u{1d7ff}]/u;
/** Signs that part paths and addresses, and are not what they seem. */
const signs: Readonly<Record<string, string>> = {
  '\u2044': '/',
  '\u2215': '/',
  '\u29f8': '/',
  '\u2216': '\\',
  '\u29f5': '\\',
  '\u2236': ':',
  '\ua789': ':',
};
const asciiPattern = /^[\x20-\x7e]+$/;

export interface MixedWord {
  /** In UTF-16 units. */
  start: number;
  text: string;
  /** "mixes Latin and Cyrillic", "looks like admin". */
  why: string;
}

export function hasRightToLeft(text: string): boolean {
  return rightToLeftPattern.test(text);
}

/** Words of several scripts that do not belong together, and single characters that imitate ASCII ones. */
export function findMixedWords(text: string): MixedWord[] {
  const words: MixedWord[] = [];
  let end = 0;
  for (const match of text.matchAll(wordPattern)) {
    words.push(...findLookAlikes(text.slice(end, match.index), end));
    end = match.index + match[0].length;
    const why = explainWord(match[0]);
    if (why !== null) words.push({ start: match.index, text: match[0], why });
  }
  words.push(...findLookAlikes(text.slice(end), end));
  return words;
}

/** Scripts of one word, in the order of the table above; digits and marks count as none. */
export function scriptsOf(word: string): string[] {
  return scripts.filter(([, pattern]) => pattern.test(word)).map(([name]) => name);
}

function explainWord(word: string): string | null {
  const used = scriptsOf(word);
  const fits = used.length < 2 || families.some((family) => used.every((script) => family.has(script)));
  if (!fits) return `mixes ${used.join(' and ')}`;
  return imitates(word);
}

/** Punctuation such as U+FF0F, which reads as a slash and is none. */
function findLookAlikes(text: string, offset: number): MixedWord[] {
  const found: MixedWord[] = [];
  let at = offset;
  for (const character of text) {
    const why = imitates(character);
    if (why !== null) found.push({ start: at, text: character, why });
    at += character.length;
  }
  return found;
}

/** Compatibility forms (full width, mathematical, small …) that are read as the plain letter or sign. */
function imitates(text: string): string | null {
  if (!lookAlikePattern.test(text)) return null;
  // A character that stands for several, such as ™, is read as itself.
  const plain = [...text].map((character) => signs[character] ?? readAsOne(character)).join('');
  return asciiPattern.test(plain) ? `looks like ${plain}` : null;
}

function readAsOne(character: string): string {
  const plain = character.normalize('NFKC');
  return plain.length === 1 ? plain : character;
}
