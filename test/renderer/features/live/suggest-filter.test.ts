import { describe, expect, it } from 'vitest';
import { summarize } from '../../../../renderer/features/live/live-summary.tsx';
import { suggestFilter } from '../../../../renderer/features/live/suggest-filter.ts';
import { makeCall } from '../../fake-channel.ts';

const state = {
  agents: [],
  servers: [],
  calls: [makeCall({ id: 'a', tool: 'read_file' }), makeCall({ id: 'b', tool: 'read_file' })],
};

describe('suggestFilter', () => {
  it('offers the keys, then the known values of the chosen one, each once', () => {
    expect(suggestFilter('', state).map((one) => one.kind === 'key' && one.key)).toEqual([
      'agent',
      'server',
      'tool',
      'outcome',
      'risk',
      'text',
    ]);
    expect(suggestFilter('agent:x to', state)).toMatchObject([{ kind: 'key', key: 'tool' }]);
    expect(suggestFilter('tool:READ', state)).toEqual([{ kind: 'token', token: { key: 'tool', value: 'read_file' } }]);
    expect(suggestFilter('outcome:wai', state)).toMatchObject([{ token: { value: 'waiting' } }]);
  });
});

describe('summarize', () => {
  it('counts the calls and names the exceptions', () => {
    const denied = makeCall({ id: 'x', outcome: 'denied' });
    expect(summarize([denied, makeCall({ id: 'y' }), makeCall({ id: 'z' })])).toBe('3 calls, 1 denied');
    expect(summarize([makeCall({ id: 'y' })])).toBe('1 call');
  });
});
