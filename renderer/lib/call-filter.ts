import type { CallView } from '../../electron/shared/index.ts';
import { describeCallState } from './describe-call.ts';

/** What can be filtered by, in the order the suggestions show them. */
export const filterKeys = ['agent', 'server', 'tool', 'outcome', 'risk', 'text'] as const;
export type FilterKey = (typeof filterKeys)[number];

/** `agent:claude`; `text` is also what a word without a key means. */
export interface FilterToken<K extends string = FilterKey> {
  key: K;
  value: string;
}

const tokenPattern = /(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi;

/** Reads `agent:"Claude Code" tool:read rm`; what is not a known key is text, a key without value nothing. */
export function parseFilter(text: string): FilterToken[] {
  return parseTokens(text, filterKeys);
}

/** The same with other keys. */
export function parseTokens<K extends string>(text: string, keys: readonly K[]): FilterToken<K | 'text'>[] {
  const tokens: FilterToken<K | 'text'>[] = [];
  for (const [whole, name, quoted, bare] of text.matchAll(tokenPattern)) {
    const key = keys.find((candidate) => candidate === name?.toLowerCase());
    const isBareKey = keys.some((candidate) => whole.toLowerCase() === `${candidate}:`);
    const value = key === undefined ? whole.replace(/^"|"$/g, '') : (quoted ?? bare ?? '');
    if (value !== '' && !isBareKey) tokens.push({ key: key ?? 'text', value });
  }
  return tokens;
}

/** The text that `parseFilter` reads back as the same tokens. */
export function writeFilter(tokens: readonly FilterToken<string>[]): string {
  return tokens
    .map(({ key, value }) => `${key}:${/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`)
    .join(' ');
}

/** Whether a call fits: every key must fit, one value of a key is enough. */
export function matchesFilter(call: CallView, tokens: readonly FilterToken[]): boolean {
  return filterKeys.every((key) => {
    const wanted = tokens.filter((token) => token.key === key);
    if (key === 'text') return wanted.every((token) => hasText(call, token.value));
    return wanted.length === 0 || wanted.some((token) => fitsKey(call, key, token.value.toLowerCase()));
  });
}

function fitsKey(call: CallView, key: Exclude<FilterKey, 'text'>, value: string): boolean {
  switch (key) {
    case 'agent':
      return call.agentName.toLowerCase().includes(value) || call.agentId === value;
    case 'server':
      return call.serverId.toLowerCase().includes(value);
    case 'tool':
      return call.tool.toLowerCase().includes(value);
    case 'outcome':
      return describeCallState(call).word.toLowerCase().startsWith(value) || call.outcome === value;
    case 'risk':
      return call.riskTier.startsWith(value);
  }
}

function hasText(call: CallView, text: string): boolean {
  const needle = text.toLowerCase();
  return [call.agentName, call.serverId, call.tool, call.subject].some((field) => field.toLowerCase().includes(needle));
}
