import { describe, expect, it } from 'vitest';
import {
  type ConnectionDraft,
  draftOf,
  emptyConnection,
  readConnection,
} from '../../../../renderer/features/servers/connection-draft.ts';
import { checkReference } from '../../../../renderer/features/servers/secret-reference.ts';

function read(part: Partial<ConnectionDraft>) {
  return readConnection({ ...emptyConnection, ...part });
}

describe('the connection form', () => {
  it('reads a command line with its leading variables', () => {
    expect(read({ line: 'LOG=1 npx -y x', env: [{ id: '1', name: 'A', value: 'env:B' }] })).toEqual({
      ok: true,
      transport: { kind: 'stdio', command: 'npx', args: ['-y', 'x'], cwd: null, env: { LOG: '1', A: 'env:B' } },
    });
  });

  it('reads fields with one argument a line, spaces kept', () => {
    expect(read({ mode: 'fields', command: ' node ', args: 'my file.js\n\n--x', cwd: '/srv' })).toEqual({
      ok: true,
      transport: { kind: 'stdio', command: 'node', args: ['my file.js', '--x'], cwd: '/srv', env: {} },
    });
  });

  it('gives back what it was made from', () => {
    const stdio = { kind: 'stdio', command: 'a', args: ['b c', '-d'], cwd: '/x', env: { E: 'file:/k' } } as const;
    const http = { kind: 'http', url: 'https://example.com/mcp', headers: { 'X-Key': 'env:K' } } as const;
    for (const transport of [{ ...stdio, args: [...stdio.args] }, http]) {
      expect(readConnection(draftOf(transport))).toEqual({ ok: true, transport });
    }
  });

  it('says which field is wrong', () => {
    expect(read({ line: 'a | b' })).toMatchObject({ ok: false, errors: { line: expect.stringContaining('shell') } });
    expect(read({ mode: 'fields' })).toMatchObject({ ok: false, errors: { command: expect.any(String) } });
    expect(read({ mode: 'url', url: 'ftp://x' })).toMatchObject({ ok: false, errors: { url: expect.any(String) } });
    expect(read({ line: 'a', cwd: 'relative' })).toMatchObject({ ok: false, errors: { cwd: expect.any(String) } });
    expect(read({ line: 'a', env: [{ id: '7', name: '1X', value: 'y' }] })).toMatchObject({
      ok: false,
      errors: { rows: { 7: { name: expect.any(String) } } },
    });
  });

  it('refuses a name that stands twice, header names whatever their case', () => {
    const headers = [
      { id: '1', name: 'X-A', value: '1' },
      { id: '2', name: 'x-a', value: '2' },
    ];
    expect(read({ mode: 'url', url: 'https://x.test/', headers })).toMatchObject({
      ok: false,
      errors: { rows: { 2: { name: expect.stringContaining('already') } } },
    });
  });

  it('refuses a secret written out instead of referenced (security)', () => {
    expect(read({ line: 'GITHUB_TOKEN=ghp_abc npx x' })).toMatchObject({ ok: false });
    const headers = [{ id: '1', name: 'Authorization', value: 'Bearer abc' }];
    expect(read({ mode: 'url', url: 'https://x.test/', headers })).toMatchObject({
      ok: false,
      errors: { rows: { 1: { value: expect.stringContaining('env:NAME') } } },
    });
  });

  it('lets a name that only points to a secret keep its path', () => {
    expect(checkReference('GOOGLE_CREDENTIALS_FILE', '/srv/key.json')).toBeNull();
    expect(checkReference('API_TOKEN', 'env:TOKEN')).toBeNull();
    expect(checkReference('API_TOKEN', 'file:/run/token')).toBeNull();
    expect(checkReference('ANY', 'env:')).not.toBeNull();
    expect(checkReference('ANY', 'file:relative/key')).not.toBeNull();
  });
});
