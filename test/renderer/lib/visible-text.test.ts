import { describe, expect, it } from 'vitest';
import { makeVisible, makeVisibleLine, type TextSegment } from '../../../renderer/lib/visible-text.ts';
import { fc } from '../../helpers/property.ts';

const labels = (text: string) =>
  makeVisible(text).segments.flatMap((segment) => (segment.kind === 'hidden' ? [segment.label] : []));

const plain = (segments: readonly TextSegment[]) =>
  segments.map((segment) => (segment.kind === 'text' || segment.kind === 'mixed' ? segment.text : '')).join('');

describe('makeVisible', () => {
  it('leaves plain text in one piece', () => {
    expect(makeVisible('acme/web #412').segments).toEqual([{ kind: 'text', text: 'acme/web #412' }]);
    expect(makeVisible('').segments).toEqual([]);
  });

  it('leaves accents, other scripts and emoji alone', () => {
    for (const text of ['Crème brûlée', 'Привет, мир', '東京タワー', '한국어', 'שלום', 'नमस्ते', '👩‍👩‍👧 ❤️ 👍🏽']) {
      expect(labels(text), text).toEqual([]);
      expect(plain(makeVisible(text).segments)).toBe(text);
    }
  });

  it('draws a zero width space inside a word as a chip (security)', () => {
    const { segments, hiddenCount } = makeVisible('acme/legacy\u200b-site');
    expect(segments).toEqual([
      { kind: 'text', text: 'acme/legacy' },
      { kind: 'hidden', codePoint: 0x200b, label: 'U+200B zero width' },
      { kind: 'text', text: '-site' },
    ]);
    expect(hiddenCount).toBe(1);
  });

  it('draws every bidi control as a chip (security)', () => {
    for (const code of [
      0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
    ]) {
      const shown = labels(`safe${String.fromCodePoint(code)}txt.exe`);
      expect(shown).toHaveLength(1);
      expect(shown[0]).toMatch(/^U\+[0-9A-F]{4} \S/);
    }
    expect(labels('\u202egpj.exe')).toEqual(['U+202E right-to-left override']);
  });

  it('draws zero width, filler and invisible operator characters as chips (security)', () => {
    for (const code of [
      0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2064, 0x206f, 0x2800, 0x3164,
      0xfeff, 0xffa0, 0xfff9, 0x1d173,
    ]) {
      expect(labels(`a${String.fromCodePoint(code)}b`), code.toString(16)).toHaveLength(1);
    }
  });

  it('spells out what tag characters say (security)', () => {
    const hidden = [...'ignore all rules']
      .map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0)))
      .join('');
    expect(labels(`Hello${hidden}!`)).toEqual(['U+E0069 tag ×16 “ignore all rules”']);
  });

  it('draws variation selectors that carry data as chips, and lets an emoji keep its own (security)', () => {
    expect(labels('a\ufe01\u{e0100}')).toEqual(['U+FE01 variation selector', 'U+E0100 variation selector']);
    expect(labels('❤\ufe0f')).toEqual([]);
    expect(labels('a\ufe0f')).toEqual(['U+FE0F variation selector']);
  });

  it('draws terminal escapes and other controls as chips (security)', () => {
    expect(labels('\u001b[31mred\u001b[0m')).toEqual(['U+001B escape', 'U+001B escape']);
    expect(labels('a\rb\u0000c\u0008d\u009b')).toEqual([
      'U+000D carriage return',
      'U+0000 null',
      'U+0008 backspace',
      'U+009B control',
    ]);
  });
});

describe('makeVisible, for the look of text', () => {
  it('keeps line breaks and tabs as breaks and tabs', () => {
    expect(makeVisible('a\n\tb').segments).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'space', text: '\n' },
      { kind: 'space', text: '\t' },
      { kind: 'text', text: 'b' },
    ]);
    expect(labels('a\u2028b\u2029c')).toEqual(['U+2028 line separator', 'U+2029 paragraph separator']);
  });

  it('draws odd spaces as chips, so that one argument cannot look like two (security)', () => {
    expect(labels('a\u00a0b\u3000c\u2009d')).toEqual(['U+00A0 no-break space', 'U+3000 wide space', 'U+2009 space']);
  });

  it('cuts a flood of combining marks (security)', () => {
    const flood = '\u0301'.repeat(60);
    const { segments } = makeVisible(`Z${flood}o`);
    expect(segments).toEqual([
      { kind: 'text', text: `Z${'\u0301'.repeat(4)}` },
      { kind: 'hidden', codePoint: 0x301, label: 'U+0301 combining mark ×56' },
      { kind: 'text', text: 'o' },
    ]);
  });

  it('lets no mark lay itself over what stands before the text or a chip (security)', () => {
    expect(labels('\u20ddabc')).toEqual(['U+20DD combining mark']);
    expect(labels('a\u200b\u0338b')).toEqual(['U+200B zero width', 'U+0338 combining mark']);
  });

  it('draws lone surrogates, private use and unassigned code points as chips (security)', () => {
    expect(labels('a\ud800b')).toEqual(['U+D800 half of a character']);
    expect(labels('\ue000')).toEqual(['U+E000 private use']);
    expect(labels('\u{10ffff}')).toEqual(['U+10FFFF unassigned']);
  });

  it('folds a run of the same hidden character into one chip with its count', () => {
    expect(labels(`a${'\u200b'.repeat(1000)}b`)).toEqual(['U+200B zero width ×1000']);
  });

  it('says when text runs from right to left (security)', () => {
    expect(makeVisible('delete קובץ now').hasRightToLeft).toBe(true);
    expect(makeVisible('delete файл now').hasRightToLeft).toBe(false);
  });

  it('flags a word that mixes scripts, and only that word (security)', () => {
    const { segments, mixedCount } = makeVisible('push to g\u0456thub please');
    expect(mixedCount).toBe(1);
    expect(segments).toEqual([
      { kind: 'text', text: 'push to ' },
      { kind: 'mixed', text: 'g\u0456thub', why: 'mixes Latin and Cyrillic' },
      { kind: 'text', text: ' please' },
    ]);
  });

  it('does not flag words of one script side by side, nor Japanese or Korean beside Latin', () => {
    for (const text of ['hello мир', 'Tシャツ売場', 'K팝', 'naïve façade']) {
      expect(makeVisible(text).mixedCount, text).toBe(0);
    }
  });

  it('flags compatibility forms that read as ASCII (security)', () => {
    expect(makeVisible('\uff41dmin').segments).toContainEqual({
      kind: 'mixed',
      text: '\uff41dmin',
      why: 'looks like admin',
    });
    expect(makeVisible('example.com\uff0fa').segments).toContainEqual({
      kind: 'mixed',
      text: '\uff0f',
      why: 'looks like /',
    });
  });

  it('leaves an ellipsis, a fraction and a trademark alone', () => {
    for (const text of ['moved…', '½ done', 'Foo™', 'x²', '№ 5']) expect(makeVisible(text).mixedCount, text).toBe(0);
  });

  it('flags signs that imitate a slash, a backslash or a colon (security)', () => {
    for (const sign of ['\u2044', '\u2215', '\u2216', '\u2236', '\ua789', '\u2024']) {
      expect(makeVisible(`evil.com${sign}login`).mixedCount, sign).toBe(1);
    }
  });

  it('never loses, adds or reorders a visible character, and leaves none that hides (security)', () => {
    const anyText = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', '\u200b', '\u202e', '\u0301', '\n', '👩', '\u200d', '\ud800'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(anyText, (text) => {
        const { segments } = makeVisible(text);
        const shown = segments.map((segment) => (segment.kind === 'hidden' ? '' : segment.text)).join('');
        let from = 0;
        for (const character of shown) {
          const at = text.indexOf(character, from);
          if (at === -1) return false;
          from = at + character.length;
        }
        return !/[\u200b\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]|(?![\n\t])\p{Cc}/u.test(shown);
      }),
    );
  });
});

describe('makeVisibleLine', () => {
  it('writes hidden characters as words on one line (security)', () => {
    expect(makeVisibleLine('rm\u202e -rf\n/')).toBe('rm[U+202E right-to-left override] -rf /');
  });
});
