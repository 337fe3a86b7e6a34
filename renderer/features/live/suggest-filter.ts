import { riskTiers } from '../../../electron/shared/index.ts';
import { type FilterKey, type FilterToken, filterKeys } from '../../lib/call-filter.ts';
import { outcomeWords } from '../../lib/describe-call.ts';
import type { EngineState } from '../../state/store.ts';

export type Suggestion<K extends string = FilterKey> =
  /** A key to go on typing after. */
  | { kind: 'key'; key: K; hint: string }
  /** A whole token. */
  | { kind: 'token'; token: FilterToken<K> };

const hints: Readonly<Record<FilterKey, string>> = {
  agent: 'who calls',
  server: 'whose tool',
  tool: 'part of its name',
  outcome: 'how it ended',
  risk: 'how dangerous',
  text: 'anything in the row',
};

const most = 8;

/** What could complete the word being typed: the keys, or the known values of a key. */
export function suggestFilter(draft: string, state: Pick<EngineState, 'agents' | 'servers' | 'calls'>): Suggestion[] {
  const word = draft.slice(draft.lastIndexOf(' ') + 1).toLowerCase();
  const [name = '', value] = word.split(':', 2);
  const key = filterKeys.find((candidate) => candidate === name);
  if (value === undefined || key === undefined) {
    return filterKeys
      .filter((candidate) => candidate.startsWith(name))
      .map((candidate) => ({ kind: 'key', key: candidate, hint: hints[candidate] }));
  }
  const wanted = value.replace(/^"/, '');
  return [...new Set(valuesOf(key, state))]
    .filter((candidate) => candidate.toLowerCase().includes(wanted))
    .slice(0, most)
    .map((candidate) => ({ kind: 'token', token: { key, value: candidate } }));
}

function valuesOf(
  key: FilterKey,
  { agents, servers, calls }: Pick<EngineState, 'agents' | 'servers' | 'calls'>,
): string[] {
  switch (key) {
    case 'agent':
      return agents.map((agent) => agent.name);
    case 'server':
      return servers.map((server) => server.id);
    case 'tool':
      return calls.map((call) => call.tool);
    case 'outcome':
      return outcomeWords.map((word) => word.toLowerCase());
    case 'risk':
      return [...riskTiers];
    case 'text':
      return [];
  }
}
