import { useCallback, useMemo, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import type { AuditFilter } from '../../../electron/shared/index.ts';
import { auditLink } from '../../lib/audit-link.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { type AuditToken, parseAuditQuery, toFilter } from './audit-query.ts';

/** Typing stands still for so long before the log is searched. Milliseconds. */
const settleMs = 250;

export interface AuditQuery {
  tokens: AuditToken[];
  setTokens: (tokens: AuditToken[]) => void;
  draft: string;
  setDraft: (draft: string) => void;
  filter: AuditFilter;
  hasFilter: boolean;
}

/**
 * The finished tokens live in the address, `/audit/QUERY`, so that a link or a reload brings them back; what is being typed filters already. `now`: what `today` and `2h` are counted from.
 */
export function useAuditQuery(now: number): AuditQuery {
  const { query = '' } = useParams<{ query?: string }>();
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState('');
  const text = useMemo(() => decode(query), [query]);
  const tokens = useMemo(() => parseAuditQuery(text), [text]);
  const settled = useSettled(draft, settleMs);
  const active = useMemo(() => [...tokens, ...parseAuditQuery(settled)], [tokens, settled]);
  const filter = useMemo(() => toFilter(active, now), [active, now]);
  const setTokens = useCallback(
    (next: AuditToken[]) => navigate(next.length === 0 ? '/audit' : auditLink(next), { replace: true }),
    [navigate],
  );
  return { tokens, setTokens, draft, setDraft, filter, hasFilter: active.length > 0 };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
