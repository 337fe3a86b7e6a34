import { type AuditFilter, everyEntry } from '../../../electron/shared/index.ts';
import { type FilterToken, parseTokens } from '../../lib/call-filter.ts';
import { outcomesNamed } from '../../lib/describe-call.ts';

/** What the log can be filtered by, in the order the suggestions show them. */
export const auditKeys = [
  'agent',
  'server',
  'tool',
  'outcome',
  'rule',
  'tier',
  'event',
  'after',
  'before',
  'text',
] as const;
export type AuditKey = (typeof auditKeys)[number];
export type AuditToken = FilterToken<AuditKey>;

export function parseAuditQuery(text: string): AuditToken[] {
  return parseTokens(text, auditKeys);
}

/** A query as the engine takes it. Several times of a kind: the narrowest counts; one that is no time fits nothing. */
export function toFilter(tokens: readonly AuditToken[], now: number): AuditFilter {
  const valuesOf = (key: AuditKey, most = 20) =>
    [...new Set(tokens.filter((token) => token.key === key).map(({ value }) => value.slice(0, 200)))].slice(0, most);
  const after = valuesOf('after').map((value) => parseTime(value, now, 'after') ?? Number.MAX_SAFE_INTEGER);
  const before = valuesOf('before').map((value) => parseTime(value, now, 'before') ?? 0);
  return {
    ...everyEntry,
    agent: valuesOf('agent'),
    server: valuesOf('server'),
    tool: valuesOf('tool'),
    outcome: [...new Set(valuesOf('outcome').flatMap(outcomesNamed))].slice(0, 20),
    rule: valuesOf('rule'),
    tier: valuesOf('tier'),
    event: valuesOf('event'),
    text: valuesOf('text', 10),
    after: after.length === 0 ? null : Math.max(...after),
    before: before.length === 0 ? null : Math.min(...before),
  };
}

const agoPattern = /^(\d{1,5})(m|h|d|w)$/;
const agoMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const datePattern = /^(\d{4})-(\d{2})-(\d{2})(?:[T_](\d{2}):(\d{2}))?$/;
const clockPattern = /^(\d{1,2}):(\d{2})$/;

/**
 * A time of this machine: `2026-11-22`, `2026-11-22T14:00`, `14:00` of today, `today`, `yesterday`, or `2h`, `7d`, `4w`
 * ago. A day alone is its beginning after `after` and its end after `before`. Null: no time.
 */
export function parseTime(text: string, now: number, side: 'after' | 'before'): number | null {
  const word = text.toLowerCase();
  const ago = agoPattern.exec(word);
  if (ago) return now - Number(ago[1]) * (agoMs[ago[2] ?? ''] ?? 0);
  const today = new Date(now);
  const dayOf = (offset: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset + (side === 'before' ? 1 : 0)).getTime();
  if (word === 'today') return dayOf(0);
  if (word === 'yesterday') return dayOf(-1);
  const clock = clockPattern.exec(word);
  if (clock) {
    const [hour, minute] = [Number(clock[1]), Number(clock[2])];
    return hour > 23 || minute > 59 ? null : new Date(now).setHours(hour, minute, 0, 0);
  }
  const date = datePattern.exec(text);
  if (!date) return null;
  const [year, month, day, hour, minute] = date.slice(1).map((part) => Number(part ?? 0));
  const begins = new Date(year ?? 0, (month ?? 1) - 1, day ?? 1, hour, minute);
  // 31 February is no day
  if (begins.getMonth() !== (month ?? 1) - 1 || (hour ?? 0) > 23 || (minute ?? 0) > 59) return null;
  if (date[4] === undefined && side === 'before') begins.setDate(begins.getDate() + 1);
  return begins.getTime();
}

/** How a time stands in a query: to the minute. */
export function writeTime(at: number): string {
  const time = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}
