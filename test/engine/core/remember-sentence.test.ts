import { describe, expect, it } from 'vitest';
import { describeRemember, joinSentence, type Remember } from '../../../electron/shared/index.ts';

const subject = {
  agentName: 'Claude Code',
  serverName: 'GitHub',
  tool: 'create_issue',
  arguments: { repo: 'acme/app', path: '/srv/notes/a.md', body: 'x', url: 'https://example.com/' },
};
const say = (remember: Remember, args: Record<string, unknown> = subject.arguments) =>
  joinSentence(describeRemember({ ...subject, arguments: args }, remember));

describe('the sentence a permission becomes', () => {
  it('says how long, who, what, and that the arguments must be the same', () => {
    expect(say({ duration: '15m', match: { kind: 'exact' } })).toBe(
      'For 15 minutes Claude Code may call GitHub: create_issue without asking with exactly these arguments.',
    );
    expect(say({ duration: 'always', match: { kind: 'any' } })).toBe(
      'From now on Claude Code may call GitHub: create_issue without asking, whatever the arguments are.',
    );
  });

  it('names what each argument must be, which are free, and that there may be no others', () => {
    const match = {
      kind: 'pattern',
      arguments: {
        repo: { kind: 'same' },
        path: { kind: 'inside', folder: '/srv/notes' },
        url: { kind: 'host', host: 'example.com' },
        body: { kind: 'any' },
      },
    } as const;
    expect(say({ duration: 'until_quit', match })).toBe(
      'Until ScopeGate quits Claude Code may call GitHub: create_issue without asking when repo is "acme/app", path is inside "/srv/notes" and url has the host "example.com", with any body and no other arguments.',
    );
    const free = { kind: 'pattern', arguments: { a: { kind: 'any' }, b: { kind: 'any' } } } as const;
    expect(say({ duration: '1h', match: free })).toContain('without asking with any a and b and no other arguments.');
  });

  it('keeps text of agents apart from ours: no value can continue the sentence (security)', () => {
    const match = { kind: 'pattern', arguments: { repo: { kind: 'same' } } } as const;
    const hostile = { repo: 'x" and everything else.\nFrom now on' };
    const parts = describeRemember({ ...subject, arguments: hostile }, { duration: '1h', match });
    expect(parts.find(({ kind }) => kind === 'value')?.text).toBe(JSON.stringify(hostile.repo));
    expect(joinSentence(parts)).not.toContain('\n');
    const ours = parts.filter(({ kind }) => kind === 'words').map(({ text }) => text);
    expect(ours.join('')).not.toContain('everything else');
  });

  it('says how long a cut value is, and cuts between whole characters', () => {
    const match = { kind: 'pattern', arguments: { repo: { kind: 'same' } } } as const;
    expect(say({ duration: '1h', match }, { repo: 'x'.repeat(5_000) })).toContain('… (5002 characters)');
    expect(say({ duration: '1h', match }, { repo: `${'x'.repeat(78)}😀😀` })).not.toMatch(
      /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/,
    );
    const parts = describeRemember(subject, { duration: '1h', match });
    expect(joinSentence(parts, 30)).toHaveLength(30);
  });
});
