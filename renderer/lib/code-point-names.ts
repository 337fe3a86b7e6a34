/** Short names for characters that do not show; the code point itself is always written beside them. */
const names: Readonly<Record<number, string>> = {
  0: 'null',
  7: 'bell',
  8: 'backspace',
  11: 'vertical tab',
  12: 'form feed',
  13: 'carriage return',
  27: 'escape',
  127: 'delete',
  133: 'next line',
  160: 'no-break space',
  173: 'soft hyphen',
  847: 'grapheme joiner',
  1564: 'Arabic letter mark',
  4447: 'Hangul filler',
  4448: 'Hangul filler',
  6158: 'vowel separator',
  8203: 'zero width',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8232: 'line separator',
  8233: 'paragraph separator',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'end of direction',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8239: 'narrow no-break space',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'end of isolate',
  10240: 'braille blank',
  12288: 'wide space',
  12644: 'Hangul filler',
  65279: 'byte order mark',
  65440: 'Hangul filler',
  65532: 'object replacement',
};

const kinds: readonly (readonly [RegExp, string])[] = [
  [/^\p{Cs}$/u, 'half of a character'],
  [/^[\p{Mn}\p{Me}\p{Mc}]$/u, 'combining mark'],
  [/^\p{Cc}$/u, 'control'],
  [/^\p{Zs}$/u, 'space'],
  [/^\p{Co}$/u, 'private use'],
  [/^\p{Cn}$/u, 'unassigned'],
];

export function nameCodePoint(codePoint: number): string {
  const known = names[codePoint];
  if (known !== undefined) return known;
  if ((codePoint >= 0xfe00 && codePoint <= 0xfe0f) || (codePoint >= 0xe0100 && codePoint <= 0xe01ef)) {
    return 'variation selector';
  }
  const character = String.fromCodePoint(codePoint);
  return kinds.find(([pattern]) => pattern.test(character))?.[1] ?? 'invisible';
}
