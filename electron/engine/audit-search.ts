import type { AuditFilter } from '../shared/index.ts';
import { nextTurn } from './audit-indexer.ts';
import type { AuditSearchReader, SearchQuery, TermKind } from './store/audit-search-contract.ts';
import { toMatch } from './store/audit-search-words.ts';

type Store = Pick<AuditSearchReader, 'searchTerms' | 'searchWindow'>;

/** A search may hold up the event loop for so long at a time. Milliseconds. */
const stepMs = 6;
/** Sequence numbers in the first window of a search, and in the largest. */
const firstWindow = 4_000;
const largestWindow = 1_048_576;
/** Names one word of a filter may stand for. */
const maxTerms = 500;

const kinds: readonly { kind: TermKind; whole: boolean }[] = [
  { kind: 'agent', whole: false },
  { kind: 'server', whole: false },
  { kind: 'tool', whole: false },
  { kind: 'event', whole: false },
  { kind: 'outcome', whole: true },
  { kind: 'rule', whole: true },
  { kind: 'tier', whole: true },
];

/** Looks the names of a filter up. Null: nothing can fit, since a name or a word in it is nowhere in the log. */
export function compileFilter(store: Pick<Store, 'searchTerms'>, filter: AuditFilter): SearchQuery | null {
  const terms: SearchQuery['terms'] = {};
  for (const { kind, whole } of kinds) {
    const wanted = filter[kind];
    if (wanted.length === 0) continue;
    const numbers = wanted.flatMap((part) => store.searchTerms(kind, part, whole, maxTerms).map(({ id }) => id));
    if (numbers.length === 0) return null;
    terms[kind] = [...new Set(numbers)];
  }
  const match = toMatch(filter.text);
  if (filter.text.length > 0 && match === null) return null;
  return { terms, match, after: filter.after, before: filter.before };
}

/**
 * Every entry that fits, newest first, from `from` down to the beginning: windows of the log, each as large as can be
 * read in a few milliseconds, with everything else between them.
 */
export async function* walkEntries(store: Store, query: SearchQuery, from: number): AsyncGenerator<number[]> {
  // the beginnings of words are gathered anew for every window: then a few large ones cost less than many
  const isGathered = query.match?.includes('" *') === true;
  let window = isGathered ? largestWindow : firstWindow;
  let top = from;
  while (top > 0) {
    const bottom = Math.max(1, top - window + 1);
    const began = performance.now();
    const found = store.searchWindow(query, bottom, top);
    const took = performance.now() - began;
    if (took > stepMs && !isGathered) window = Math.max(1_000, Math.floor(window / 2));
    else if (took < stepMs / 3) window = Math.min(largestWindow, window * 2);
    yield found;
    top = bottom - 1;
    if (top > 0) await nextTurn();
  }
}

/** One page: `limit` numbers older than `before`, and whether there are more. */
export async function findPage(
  store: Store,
  query: SearchQuery,
  from: number,
  limit: number,
): Promise<{ seqs: number[]; more: boolean }> {
  const seqs: number[] = [];
  for await (const found of walkEntries(store, query, from)) {
    seqs.push(...found.slice(0, limit + 1 - seqs.length));
    if (seqs.length > limit) break;
  }
  return { seqs: seqs.slice(0, limit), more: seqs.length > limit };
}

/** How many fit, and the last number of every full page. */
export async function countEntries(
  store: Store,
  query: SearchQuery,
  from: number,
  pageSize: number,
): Promise<{ total: number; marks: number[] }> {
  let total = 0;
  const marks: number[] = [];
  for await (const found of walkEntries(store, query, from)) {
    for (let at = pageSize - 1 - (total % pageSize); at < found.length; at += pageSize) marks.push(found[at] ?? 0);
    total += found.length;
  }
  return { total, marks };
}
