import { describe, expect, it } from 'vitest';
import { matchesFilter, parseFilter, writeFilter } from '../../../renderer/lib/call-filter.ts';
import { makeCall } from '../fake-channel.ts';

describe('parseFilter', () => {
  it('reads tokens, quoted values and plain text', () => {
    expect(parseFilter('agent:"Claude Code" tool:read rm -rf')).toEqual([
      { key: 'agent', value: 'Claude Code' },
      { key: 'tool', value: 'read' },
      { key: 'text', value: 'rm' },
      { key: 'text', value: '-rf' },
    ]);
  });

  it('takes an unknown key as text and a key without value as nothing', () => {
    expect(parseFilter('https://a.b outcome:')).toEqual([{ key: 'text', value: 'https://a.b' }]);
  });

  it('reads back what it wrote', () => {
    const tokens = parseFilter('agent:"Claude Code" outcome:denied text:a:b "two words"');
    expect(parseFilter(writeFilter(tokens))).toEqual(tokens);
  });
});

describe('matchesFilter', () => {
  const call = makeCall({ id: 'a', tool: 'write_file', outcome: 'denied', riskTier: 'secret', subject: '~/.ssh/x' });
  const fits = (text: string) => matchesFilter(call, parseFilter(text));

  it('needs every key and any value of a key', () => {
    expect(fits('agent:claude outcome:denied')).toBe(true);
    expect(fits('agent:claude outcome:allowed')).toBe(false);
    expect(fits('agent:codex agent:claude')).toBe(true);
  });

  it('finds by outcome word, outcome, risk, tool and text', () => {
    for (const text of [
      'outcome:Denied',
      'outcome:den',
      'risk:secret',
      'tool:write',
      'server:git',
      '.ssh',
      'text:WRITE',
    ]) {
      expect(fits(text), text).toBe(true);
    }
    expect(fits('.ssh nowhere')).toBe(false);
  });

  it('lets everything through when it is empty', () => {
    expect(fits('')).toBe(true);
  });
});
