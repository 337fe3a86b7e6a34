import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { riskTiers } from '../../../electron/shared/index.ts';
import { outcomeWords } from '../../lib/describe-call.ts';
import { useBridge } from '../../state/engine-context.tsx';
import type { Suggestion } from '../live/suggest-filter.ts';
import { type AuditKey, auditKeys } from './audit-query.ts';

const hints: Readonly<Record<AuditKey, string>> = {
  agent: 'who called',
  server: 'whose tool',
  tool: 'part of its name',
  outcome: 'how it ended',
  rule: 'what decided',
  tier: 'how dangerous',
  event: 'what happened',
  after: '2026-11-22, today, 2h, 7d',
  before: 'a time, the same way',
  text: 'whole words, or begin*',
};

const times = ['today', 'yesterday', '1h', '24h', '7d', '30d'];
/** Of calls that are in the log; waiting and running ones are not. */
const endedWords = outcomeWords.filter((word) => word !== 'Waiting' && word !== 'Running');
const most = 8;
const lookedUp = ['agent', 'server', 'tool', 'rule', 'event'] as const;
type LookedUp = (typeof lookedUp)[number];

/** What could complete the word being typed: the keys, or values; names come from the log itself. */
export function useAuditSuggestions(draft: string): (draft: string) => readonly Suggestion<AuditKey>[] {
  const bridge = useBridge();
  const { key, part } = readWord(draft);
  const asked = lookedUp.find((candidate) => candidate === key) ?? null;
  const { data } = useQuery({
    queryKey: ['audit.terms', asked, part],
    queryFn: () => bridge.call('audit.terms', { key: asked ?? 'agent', part: part.slice(0, 200) }),
    enabled: asked !== null,
  });
  const values = data?.values;
  return useCallback((text: string) => suggest(text, values ?? []), [values]);
}

function readWord(draft: string): { name: string; key: AuditKey | null; part: string } {
  const word = draft.slice(draft.lastIndexOf(' ') + 1);
  const colon = word.indexOf(':');
  const name = (colon === -1 ? word : word.slice(0, colon)).toLowerCase();
  const key = colon === -1 ? null : (auditKeys.find((candidate) => candidate === name) ?? null);
  return { name, key, part: colon === -1 ? '' : word.slice(colon + 1).replace(/^"/, '') };
}

function suggest(draft: string, known: readonly string[]): Suggestion<AuditKey>[] {
  const { name, key, part } = readWord(draft);
  if (key === null) {
    return auditKeys
      .filter((candidate) => candidate.startsWith(name))
      .map((candidate) => ({ kind: 'key', key: candidate, hint: hints[candidate] }));
  }
  return valuesOf(key, known)
    .filter((value) => value.toLowerCase().includes(part.toLowerCase()))
    .slice(0, most)
    .map((value) => ({ kind: 'token', token: { key, value } }));
}

function valuesOf(key: AuditKey, known: readonly string[]): readonly string[] {
  switch (key) {
    case 'outcome':
      return endedWords.map((word) => word.toLowerCase());
    case 'tier':
      return riskTiers;
    case 'after':
    case 'before':
      return times;
    case 'text':
      return [];
    default:
      return lookedUp.some((candidate: LookedUp) => candidate === key) ? known : [];
  }
}
