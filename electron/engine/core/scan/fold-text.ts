/** A text as it reads, in lower case, and where each of its units came from. */
export interface FoldedText {
  text: string;
  /** The offset in the original of the unit at `index`; `index` may be the length. */
  originAt(index: number): number;
  /** Words in which letters of several scripts imitate one another, as spans of the original. */
  mixed: readonly { start: number; end: number }[];
}

/** Letters of other scripts that look like Latin ones, and what they look like. */
const lookalikes = new Map<string, string>();
for (const [latin, others] of Object.entries({
  a: 'аαɑ',
  b: 'ЬƄ',
  c: 'сϲᴄ',
  d: 'ԁ',
  e: 'еєҽ',
  g: 'ɡց',
  h: 'һհ',
  i: 'іιɪıӏ',
  j: 'јϳ',
  k: 'кκᴋ',
  l: 'ⅼ',
  m: 'мᴍ',
  n: 'ոпᴨ',
  o: 'оοօᴏ',
  p: 'рρ',
  q: 'ԛզ',
  r: 'гᴦ',
  s: 'ѕꜱ',
  t: 'тτᴛ',
  u: 'υսᴜ',
  v: 'νѵᴠ',
  w: 'ԝшѡᴡ',
  x: 'хχ',
  y: 'уүγ',
  z: 'ᴢ',
}))
  for (const other of others) lookalikes.set(other, latin);

const unseen = /\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|\p{Cf}|(?=[\u0300-\u036f])\p{Mn}/gu;
const beyondAscii = /\P{ASCII}/u;
const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;
const latinLetter = /[a-z]/;
const foldedCharacters = new Map<string, string>();
const maxCached = 4_000;

/** Compatibility forms made plain, accents and unseen characters taken out, imitating letters replaced in mixed words. */
export function foldText(original: string): FoldedText {
  if (!beyondAscii.test(original)) return { text: original.toLowerCase(), originAt: (index) => index, mixed: [] };
  const pieces: string[] = [];
  const origins: number[] = [];
  let at = 0;
  for (const character of original) {
    const folded = character.length === 1 && character < '\x80' ? character.toLowerCase() : foldCharacter(character);
    for (let unit = 0; unit < folded.length; unit += 1) origins.push(at);
    pieces.push(folded);
    at += character.length;
  }
  origins.push(at);
  const originAt = (index: number) => origins[index] ?? at;
  const { text, mixed } = replaceLookalikes(pieces.join(''));
  return { text, originAt, mixed: mixed.map(({ start, end }) => ({ start: originAt(start), end: originAt(end) })) };
}

function foldCharacter(character: string): string {
  const known = foldedCharacters.get(character);
  if (known !== undefined) return known;
  const folded = character.normalize('NFKC').toLowerCase().normalize('NFD').replace(unseen, '');
  if (foldedCharacters.size < maxCached) foldedCharacters.set(character, folded);
  return folded;
}

/** Each replacement is as long as what it replaces. A word wholly of another script stays: it is that language. */
function replaceLookalikes(text: string): { text: string; mixed: { start: number; end: number }[] } {
  const mixed: { start: number; end: number }[] = [];
  const folded = text.replace(wordPattern, (word: string, start: number) => {
    if (!latinLetter.test(word)) return word;
    let count = 0;
    const plain = [...word].map((letter) => {
      const latin = lookalikes.get(letter);
      if (latin !== undefined) count += 1;
      return latin ?? letter;
    });
    if (count === 0) return word;
    const joined = plain.join('');
    // words such as "μs" or "Δx" are honest; a word that is Latin through and through once folded is not
    if (word.length >= 3 && /^[a-z0-9]+$/.test(joined)) mixed.push({ start, end: start + word.length });
    return joined.length === word.length ? joined : word;
  });
  return { text: folded, mixed };
}

const leet: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** `p4ssw0rd` as `password`; null where the word is no mix of letters and stand-ins. */
export function unleetWord(word: string): string | null {
  if (!/[a-z]/.test(word) || !/[013457 8@$!]/.test(word)) return null;
  return word.replace(/[0134578@$!]/g, (sign) => leet[sign] ?? sign);
}

/** Runs of at least eight single letters with nothing but signs between them: `i g n o r e`. */
const spread = /(?<![\p{L}\p{N}])\p{L}(?:[ .\-_*|/]{1,3}\p{L}(?![\p{L}\p{N}])){7,400}/gu;

/** Spread words put together, with their spans; linear: a run is taken whole or not at all. */
export function joinSpreadLetters(text: string): { text: string; start: number; end: number }[] {
  return [...text.matchAll(spread)].map((match) => ({
    text: match[0].replace(/[ .\-_*|/]/g, ''),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
