import { type FilterToken, writeFilter } from './call-filter.ts';

/** The address of the Audit page with a filter. */
export function auditLink(tokens: readonly FilterToken<string>[]): string {
  return `/audit/${encodeURIComponent(writeFilter(tokens))}`;
}
