import { describe, expect, it } from 'vitest';
import { readSources, type SourceFile, stripComments } from './source-tree.ts';

const longestFile = 350;

const product = readSources('electron', 'renderer', 'scripts');
const everything = [...product, ...readSources('test')].filter(({ path }) => !path.startsWith('test/architecture/'));

// Reviewed, each with its reason: strict-json calls a plain function as a constructor, which TypeScript cannot type.
const reviewedEscapes = ['electron/engine/wire/strict-json.ts: as unknown as'];

const isKebabCase = ({ path }: SourceFile) =>
  /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d))?\.(ts|tsx|mjs)$/.test(path.split('/').at(-1) ?? '');
const countLines = (text: string) => text.replace(/\n$/, '').split('\n').length;

/** `path: match` for each occurrence of one of the patterns outside comments. */
function listMatches(files: SourceFile[], patterns: RegExp[]): string[] {
  return files.flatMap(({ path, text }) => {
    const code = stripComments(text);
    return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map(([match]) => `${path}: ${match.trim()}`));
  });
}

describe('the house style', () => {
  it(`keeps every file within ${longestFile} lines`, () => {
    const long = everything.filter(({ text }) => countLines(text) > longestFile);
    expect(long.map(({ path, text }) => `${path}: ${countLines(text)} lines`)).toEqual([]);
  });

  it('names files in kebab-case', () => {
    expect(everything.filter((file) => !isKebabCase(file)).map(({ path }) => path)).toEqual([]);
  });

  it('has no way around the type checker', () => {
    const typed = product.filter(({ path }) => !path.endsWith('.mjs'));
    const escapes = [
      /\bas\s+any\b/g,
      /[:<,|]\s*any\b(?=\s*[,;)>=\]|{\n])/g,
      /\bas\s+unknown\s+as\b/g,
      /\bas\s+never\b/g,
    ];
    expect(listMatches(typed, escapes)).toEqual(reviewedEscapes);
  });

  it('silences neither the type checker nor the linter', () => {
    const silenced = everything.filter(({ text }) => /@ts-(ignore|nocheck|expect-error)|biome-ignore/.test(text));
    expect(silenced.map(({ path }) => path)).toEqual([]);
  });

  it('leaves nothing open in the product', () => {
    const open = product.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text));
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  it('holds no focused test', () => {
    expect(
      listMatches(
        everything.filter(({ path }) => path.startsWith('test/')),
        [/\b(it|test|describe)\.only\b/g],
      ),
    ).toEqual([]);
  });

  // Electron's main process also runs in an older runtime in tests (Node 18's interfaces): these are not there.
  it('uses nothing in Electron’s main process that an older Electron lacks', () => {
    const main = product.filter(({ path }) => /^electron\/(engine|shared|shell)\//.test(path));
    const missing = [
      /\bnew\s+(WebSocket|EventSource)\b/g,
      /\bglobalThis\.(navigator|WebSocket|EventSource)\b/g,
      /['"]node:sqlite['"]/g,
      /\bstyleText\b/g,
      /\bPromise\.(withResolvers|try)\b/g,
      /\bArray\.fromAsync\b/g,
      /\b(Object|Map)\.groupBy\b/g,
      /\bAbortSignal\.any\b/g,
      /\bURL\.(canParse|parse)\b/g,
      /^\s*(await\s+)?using\s+\w+\s*=/gm,
      /\.(toSorted|toReversed|toSpliced)\(/g,
      /\.(toBase64|toHex)\(/g,
      /\bimport\.meta\.(dirname|filename)\b/g,
    ];
    expect(listMatches(main, missing)).toEqual([]);
  });
});
