import { anything } from '../../shared/index.ts';

const separators = /[_\-./:]/;

/**
 * A test for names by a pattern: `*` alone is every name, `*` as a segment is one or more whole segments, anything else
 * must be the same. Separators must be the same too. No backtracking: patterns come from imported files.
 */
export function compileNamePattern(pattern: string): (name: string) => boolean {
  if (pattern === anything) return () => true;
  if (!pattern.includes(anything)) return (name) => name === pattern;
  const wanted = tokens(pattern);
  return (name) => fits(wanted, tokens(name));
}

/** Segments and the separators between them, in turn. */
function tokens(text: string): string[] {
  const found: string[] = [];
  let segment = '';
  for (const character of text) {
    if (separators.test(character)) {
      found.push(segment, character);
      segment = '';
    } else segment += character;
  }
  found.push(segment);
  return found;
}

/** Greedy matching with one place to go back to, as for globs: at most length × length steps. */
function fits(wanted: readonly string[], given: readonly string[]): boolean {
  let at = 0;
  let star = -1;
  let taken = 0;
  for (let i = 0; i < given.length; ) {
    if (wanted[at] === anything && isWholeSegment(given, i)) {
      star = at;
      taken = i;
      at += 1;
      i += 1;
    } else if (at < wanted.length && wanted[at] !== anything && wanted[at] === given[i]) {
      at += 1;
      i += 1;
    } else if (star !== -1 && taken + 2 < given.length && isWholeSegment(given, taken + 2)) {
      taken += 2;
      i = taken + 1;
      at = star + 1;
    } else return false;
  }
  return at === wanted.length;
}

/** Segments stand at even places; an empty one (two separators in a row) is no segment a star could mean. */
function isWholeSegment(given: readonly string[], at: number): boolean {
  return at % 2 === 0 && given[at] !== '';
}
