import { describe, expect, it } from 'vitest';
import { serverIdSchema } from '../../../../electron/shared/index.ts';
import {
  checkServerId,
  deriveServerId,
  suggestServerName,
} from '../../../../renderer/features/servers/derive-server-id.ts';
import { fc } from '../../../helpers/property.ts';

describe('deriving a server id', () => {
  it('keeps letters and digits and joins the rest with hyphens', () => {
    expect(deriveServerId('GitHub (work)', [])).toBe('github-work');
    expect(deriveServerId('  Übergröße 3 ', [])).toBe('ubergro-e-3');
  });

  it('counts up when the id is taken, within the length limit', () => {
    expect(deriveServerId('GitHub', ['github', 'github-2'])).toBe('github-3');
    const long = 'a'.repeat(30);
    expect(deriveServerId(long, ['a'.repeat(24)])).toBe(`${'a'.repeat(22)}-2`);
  });

  it('falls back to a word when nothing is left', () => {
    expect(deriveServerId('!!!', [])).toBe('server');
  });

  it('is valid and unused for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, other) => {
        const taken = [deriveServerId(other, []), deriveServerId(name, [])];
        const id = deriveServerId(name, taken);
        expect(serverIdSchema.safeParse(id).success).toBe(true);
        expect(taken).not.toContain(id);
      }),
    );
  });

  it('explains what is wrong with an id', () => {
    expect(checkServerId('ok-1', [])).toBeNull();
    expect(checkServerId('Bad Id', [])).toContain('lower-case');
    expect(checkServerId('github', ['github'])).toContain('already');
  });
});

describe('suggesting a name', () => {
  const stdio = (command: string, ...args: string[]) =>
    suggestServerName({ kind: 'stdio', command, args, cwd: null, env: {} });
  const http = (url: string) => suggestServerName({ kind: 'http', url, headers: {} });

  it('comes from the package, the script or the program', () => {
    expect(stdio('npx', '-y', '@modelcontextprotocol/server-filesystem@2026.8.31', '/tmp')).toBe('filesystem');
    expect(stdio('uvx', 'mcp-server-git')).toBe('git');
    expect(stdio('node', '/opt/weather-server/dist/index.js')).toBe('');
    expect(stdio('/usr/local/bin/github-mcp-server', 'stdio', '/srv/data')).toBe('github');
    expect(stdio(String.raw`C:\tools\weather.exe`)).toBe('weather');
    expect(stdio('docker', 'run', '-i', '--rm', 'ghcr.io/acme/notes-mcp')).toBe('notes');
  });

  it('comes from the host, but never from an address of numbers', () => {
    expect(http('https://mcp.linear.app/mcp')).toBe('linear');
    expect(http('http://127.0.0.1:9000/mcp')).toBe('');
    expect(http('http://localhost:9000/mcp')).toBe('');
  });
});
