import { describe, expect, it } from 'vitest';
import { connectSnippets } from '../../../../renderer/features/agents/connect-snippets.ts';
import { formatLimit, parseLimit, usedOfLimit } from '../../../../renderer/features/agents/rate-limit.ts';

const url = 'http://127.0.0.1:7420/mcp';
const text = (id: string): string => connectSnippets(url, 'sgk_abc').find((snippet) => snippet.id === id)?.text ?? '';

describe('what is pasted into a client', () => {
  it('is one command for Claude Code', () => {
    expect(text('claude-code')).toBe(
      `claude mcp add --transport http scopegate ${url} --header "Authorization: Bearer sgk_abc"`,
    );
  });

  it('is JSON in the shape each editor reads', () => {
    const headers = { Authorization: 'Bearer sgk_abc' };
    expect(JSON.parse(text('cursor'))).toEqual({ mcpServers: { scopegate: { url, headers } } });
    expect(JSON.parse(text('vscode'))).toEqual({ servers: { scopegate: { type: 'http', url, headers } } });
  });

  it('is TOML for Codex, with the token in a header', () => {
    expect(text('codex').split('\n')).toEqual([
      '[mcp_servers.scopegate]',
      `url = "${url}"`,
      'http_headers = { "Authorization" = "Bearer sgk_abc" }',
    ]);
  });
});

describe('limits', () => {
  it('are written as a person says them', () => {
    expect(formatLimit({ count: 60, per: 'min' })).toBe('60 per min');
    expect(formatLimit(null)).toBe('no limit');
  });

  it('are read from what a person types; nothing means no limit', () => {
    expect(parseLimit(' 1 000 ', 'h')).toEqual({ ok: true, limit: { count: 1000, per: 'h' } });
    expect(parseLimit('', 's')).toEqual({ ok: true, limit: null });
  });

  it.each(['0', '-1', '1.5', 'many', '1000001'])('refuse %s', (count) => {
    expect(parseLimit(count, 'min').ok).toBe(false);
  });

  it('count what is used up, rounded up and never below nothing', () => {
    expect(usedOfLimit({ count: 60, per: 'min' }, 36.4)).toBe(24);
    expect(usedOfLimit({ count: 60, per: 'min' }, 61)).toBe(0);
    expect(usedOfLimit(null, 3)).toBeNull();
  });
});
