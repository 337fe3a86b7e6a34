import type { SavedSearch } from '../../shared/index.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { AuditRow } from './contract.ts';

/** What kinds of names the index numbers. */
export type TermKind = 'event' | 'agent' | 'server' | 'tool' | 'outcome' | 'rule' | 'tier';

export interface Term {
  id: number;
  value: string;
  /** An agent's name beside its id; the value itself for the rest. */
  label: string;
}

/** A filter with its names looked up: numbers of terms, one of which must fit; null where anything does. */
export interface SearchQuery {
  terms: Partial<Record<TermKind, readonly number[]>>;
  /** An expression of FTS5; null: no words are looked for. */
  match: string | null;
  /** Milliseconds since the epoch. */
  after: number | null;
  before: number | null;
}

export interface SearchState {
  firstSeq: number;
  firstAt: number | null;
  headSeq: number;
  headAt: number | null;
  headHash: string;
  /** The last row the figures and the facts know. */
  readThrough: number;
  /** The last row whose words are in. */
  textThrough: number;
  textOn: boolean;
  callsWithArguments: number;
}

/** What calls are counted by: nothing, their agent, their server and tool, the rule that blocked; or questions. */
export type CountDimension = 'all' | 'agent' | 'tool' | 'rule' | 'question';

/** Calls of one sort within a stretch of whole hours. */
export interface CountRow {
  /** Of the agent, the server or the rule; empty where nothing is counted by. */
  id: string;
  label: string;
  /** The tool of a server. */
  second: string;
  /** Of a question: `approved`, `denied` or `unanswered`. */
  outcome: string;
  asked: boolean;
  calls: number;
}

export type SpreadMeasure = 'total' | 'upstream' | 'added' | 'answer';

/** One bar of a histogram of milliseconds. */
export interface SpreadRow {
  measure: SpreadMeasure;
  serverId: string;
  bucket: number;
  calls: number;
}

export interface AuditSearchReader {
  searchState(): SearchState;
  /** Terms whose value or label holds `part`, or is it (`whole`), whatever the case; at most `limit`. */
  searchTerms(kind: TermKind, part: string, whole: boolean, limit: number): Term[];
  /** Every entry that fits with `from <= seq <= to`, newest first. */
  searchWindow(query: SearchQuery, from: number, to: number): number[];
  /** Rows by number, newest first. */
  auditRows(seqs: readonly number[]): AuditRow[];
  savedSearches(): SavedSearch[];
  /** Counts of whole hours, `from` included, `to` not. A day of a busy log is a millisecond or two. */
  countsBetween(dimension: CountDimension, from: number, to: number): CountRow[];
  spreadBetween(from: number, to: number): SpreadRow[];
}

/** Each reads or erases at most `limit` rows in one transaction and tells how many; 0: there is nothing left to do. */
export interface AuditSearchWriter {
  indexFacts(limit: number): number;
  /** `argumentsOf`: what is kept of a call's arguments, without what looks secret; null: nothing. */
  indexWords(limit: number, argumentsOf: (callId: string) => JsonObject | null): number;
  /** While words are not to be searched: what is left of them. */
  eraseWords(limit: number): number;
  /** The words of arguments that are no longer kept, or whose day's key is gone. */
  eraseArgumentWords(limit: number): number;
  /** What the index knows of rows that were pruned. */
  erasePruned(limit: number): number;
  setTextSearch(on: boolean): void;
  putSavedSearch(name: string, query: string, at: number): SavedSearch;
  deleteSavedSearch(id: number): void;
}
