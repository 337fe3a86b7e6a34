/** A piece of a text that decides what it does, in UTF-16 units. */
export interface Mark {
  start: number;
  end: number;
}

/** Longer texts are marked at their start only, so that no text makes drawing slow. UTF-16 units. */
const longestMarked = 10_000;

const verbs =
  'select|insert|update|delete|drop|truncate|alter|create|grant|revoke|merge|replace|call|exec|execute|copy';
const sqlStart = new RegExp(`^\\s*(?:${verbs}|with|explain|begin)\\b`, 'i');
const firstVerb = new RegExp(`^\\s*(${verbs})\\b`, 'i');
/** What stands in quotes or comments is no verb; a quote that never ends hides nothing. */
const sqlToken = new RegExp(`'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\\n]*|/\\*[\\s\\S]*?\\*/|\\b(${verbs})\\b`, 'gi');
const pathRoot = /^(?:~[^/\\]*|[A-Za-z]:[\\/][^/\\]*|\\\\[^\\]+|\/[^/]*|\.{1,2}(?=[/\\]))/;
const longestPath = 4096;

/** The verbs of an SQL text; the root of a path, and each step up in it. Nothing for any other text. */
export function findMarks(text: string): Mark[] {
  return sqlStart.test(text) ? findVerbs(text) : findPathMarks(text);
}

function findVerbs(text: string): Mark[] {
  if (text.length > longestMarked) {
    const verb = firstVerb.exec(text);
    return verb === null ? [] : [{ start: verb[0].length - (verb[1]?.length ?? 0), end: verb[0].length }];
  }
  return [...text.matchAll(sqlToken)]
    .filter((match) => match[1] !== undefined)
    .map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

function findPathMarks(text: string): Mark[] {
  if (text.length > longestPath || /[\r\n]/.test(text)) return [];
  const root = pathRoot.exec(text)?.[0] ?? '';
  if (root.length === 0 || text.startsWith('//')) return [];
  const marks: Mark[] = [{ start: 0, end: root.length }];
  for (const step of text.matchAll(/(?<=[/\\])\.\.(?=[/\\]|$)/g)) {
    if (step.index >= root.length) marks.push({ start: step.index, end: step.index + 2 });
  }
  return marks;
}
