import type { Json } from '../../lib/lay-out-tree.ts';

type JsonObject = { [key: string]: Json };

/** Arguments as a person wrote them: an object, or what is wrong with the text. */
export type ParsedEdit = { ok: true; value: JsonObject } | { ok: false; message: string };

/** The arguments as text to edit. */
export function toEditText(value: Json): string {
  return JSON.stringify(value, null, 2);
}

/**
 * Reads edited text. A name that stands twice is refused: one of the two would vanish unseen. So is a number that would
 * not be sent as it is written.
 */
export function parseEditText(text: string): ParsedEdit {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return { ok: false, message: `This is not JSON: ${describeSyntaxError(error, text)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, message: 'Arguments are an object: { "name": value }.' };
  const trap = findTrap(text);
  return trap === null ? { ok: true, value } : { ok: false, message: trap };
}

/** A field of the top level that can be edited by itself; `json` for objects, lists and null. */
export type FieldKind = 'text' | 'number' | 'flag' | 'json';

export function fieldKind(value: Json): FieldKind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'flag' : 'json';
}

/** The field's text as a value of the same type; `undefined` when it is none. */
export function parseField(kind: FieldKind, text: string): Json | undefined {
  if (kind === 'text') return text;
  if (kind === 'flag') return text === 'true';
  if (kind === 'number') return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text.trim()) ? readNumber(text) : undefined;
  try {
    const value = JSON.parse(text) as Json;
    return findTrap(text) === null ? value : undefined;
  } catch {
    return undefined;
  }
}

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && !isInexact(text.trim()) ? value : undefined;
}

export function showField(value: Json): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : JSON.stringify(value);
}

/** The object with one value changed; names keep their order. */
export function withField(value: JsonObject, name: string, next: Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, old]) => [key, key === name ? next : old]));
}

/** Browsers write the place in different words; ours counts lines. */
function describeSyntaxError(error: unknown, text: string): string {
  const said = error instanceof Error ? error.message : '';
  const at = /position (\d+)/.exec(said)?.[1];
  if (at === undefined) return 'something is missing at the end.';
  const before = text.slice(0, Number(at)).split('\n');
  return `look at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
}

/** What this valid JSON text says and its value would not: a name twice in one object, an integer beyond what is exact. */
function findTrap(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*|[{}[\]]/g)) {
    const [piece, colon] = token;
    if (piece === '{') open.push(new Set());
    else if (piece === '[') open.push(null);
    else if (piece === '}' || piece === ']') open.pop();
    else if (isInexact(piece)) return `The number ${piece} is too large to be sent exactly.`;
    else if (colon !== undefined) {
      const name = String(JSON.parse(piece.slice(0, piece.length - colon.length)));
      const names = open.at(-1);
      if (names?.has(name)) return `The name ${JSON.stringify(name)} stands twice in one object.`;
      names?.add(name);
    }
  }
  return null;
}

function isInexact(literal: string): boolean {
  return /^-?\d+$/.test(literal) && !Number.isSafeInteger(Number(literal));
}
