import { describe, expect, it, vi } from 'vitest';
import type { ArmedCall } from '../../../electron/engine/core/stages.ts';
import { filterResult } from '../../../electron/engine/pipeline/filter-result.ts';
import { ResultFilters } from '../../../electron/engine/pipeline/result-filters.ts';
import type { RawResponse } from '../../../electron/engine/wire/json-rpc.ts';
import { defaultFilterSettings, type FilterSettings } from '../../../electron/shared/index.ts';
import { mixed } from '../../fixtures/results/make-secret.ts';

const call = { id: 'c1', tool: { kind: 'tool', serverId: 's', name: 't' } } as unknown as ArmedCall;

function raw(result: string): RawResponse {
  const head = '{"jsonrpc":"2.0","id":7';
  return {
    bytes: Buffer.from(`${head},"result":${result}}`),
    idStart: head.length - 1,
    idEnd: head.length,
    has: 'result',
  };
}

function set(settings: Partial<FilterSettings>) {
  const stored = settings === null ? null : { ...defaultFilterSettings, ...settings };
  const filters = new ResultFilters({ resultFilter: () => stored, putResultFilter: () => {} } as never);
  return { filters, guards: { heard: vi.fn() }, log: { error: vi.fn(), warn: vi.fn(), info: vi.fn() } } as never;
}

describe('the filter of results', () => {
  it('hands on the very same response where nothing was found', () => {
    const response = raw('{"content":[{"type":"text","text":"plain \\u00e9 words"}]}');
    expect(filterResult(set({ secrets: 'redact', hidden: 'redact' }), call, response).response).toBe(response);
    expect(filterResult(set({ secrets: 'off', hidden: 'off', injection: 'off' }), call, response).response).toBe(
      response,
    );
  });

  it('hands on the very same response where what was found is only shown', () => {
    const response = raw(`{"a":"ghp_${mixed(36)}"}`);
    const filtered = filterResult(set({}), call, response);
    expect(filtered.response).toBe(response);
    expect(filtered.findings).toHaveLength(1);
  });

  it('finds and removes a secret whose letters are spelled as escapes (security)', () => {
    const secret = `ghp_${mixed(36)}`;
    const spelled = [...secret].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');
    const { response } = filterResult(set({ secrets: 'redact' }), call, raw(`{"a":"${spelled}"}`));
    expect(JSON.parse(response?.bytes.toString('utf8') ?? '')).toMatchObject({ result: { a: '[secret removed]' } });
    expect(response?.bytes.toString('utf8', response.idStart, response.idEnd)).toMatch(/^\d$/);
  });

  it('withholds the result when the filter itself fails (security)', () => {
    const broken = raw('{"a":"\\u0041');
    expect(filterResult(set({}), call, broken).response).toBeNull();
    const transforms: FilterSettings['transforms'] = [{ kind: 'drop', tool: '*', path: 'a' }];
    expect(filterResult(set({ transforms }), call, raw('"no object"')).response).toBeNull();
  });

  it('keeps everything back when the stored settings cannot be read (security)', () => {
    const response = raw(`{"a":"ghp_${mixed(36)}"}`);
    expect(filterResult(set({ secrets: 'whatever' as never }), call, response).response).toBeNull();
  });
});
