import { describe, expect, it } from 'vitest';
import { findClient, listFiles } from '../../../electron/engine/client-configs/client-files.ts';
import { clientTable } from '../../../electron/engine/client-configs/client-table.ts';
import { makeEntry } from '../../../electron/engine/client-configs/make-entry.ts';
import { findPlaces } from '../../../electron/engine/client-configs/places.ts';
import {
  findSecretArguments,
  hasSecretInUrl,
  looksSecret,
} from '../../../electron/engine/client-configs/recognise-secret.ts';
import { readFilled } from '../../../electron/engine/client-configs/variables.ts';

const mac = findPlaces({ HOME: '/Users/me' }, 'darwin');
const linux = findPlaces({ HOME: '/home/me', XDG_CONFIG_HOME: '/home/me/conf', CODEX_HOME: '/opt/codex' }, 'linux');

describe('the table of clients', () => {
  it.each([
    [
      'claude-desktop',
      'Library/Application Support/Claude/claude_desktop_config.json',
      'conf/Claude/claude_desktop_config.json',
    ],
    ['vscode', 'Library/Application Support/Code/User/mcp.json', 'conf/Code/User/mcp.json'],
    ['zed', 'Library/Application Support/Zed/settings.json', 'conf/zed/settings.json'],
    ['goose', '.config/goose/config.yaml', '.config/goose/config.yaml'],
  ])('finds the file of %s on each system', (id, onMac, onLinux) => {
    expect(listFiles(findClient(id), mac, null)[0]?.file).toBe(`/Users/me/${onMac}`);
    expect(listFiles(findClient(id), linux, null)[0]?.file).toBe(`/home/me/${onLinux}`);
  });

  it('follows the folder that a variable gives Codex', () => {
    expect(listFiles(findClient('codex'), linux, null)[0]?.file).toBe('/opt/codex/config.toml');
    expect(listFiles(findClient('codex'), mac, '/projects')[1]?.file).toBe('/projects/.codex/config.toml');
  });

  it('has a user’s file on every system, and an entry without blanks in its arguments, for every client', () => {
    for (const kind of clientTable) {
      for (const platform of ['darwin', 'linux', 'win32'] as const) {
        const places = findPlaces({ HOME: '/h', USERPROFILE: '/h', APPDATA: '/h/a' }, platform);
        expect(listFiles(kind, places, null).length, `${kind.id} on ${platform}`).toBeGreaterThan(0);
      }
      const entry = makeEntry(kind.dialect, { mode: 'stdio', command: 'scopegate', args: ['connect', '--url', 'u'] });
      expect(JSON.stringify(entry)).toContain('connect');
    }
    expect(new Set(clientTable.map(({ id }) => id)).size).toBe(clientTable.length);
  });
});

describe('what looks secret (security)', () => {
  it.each([
    ['GITHUB_TOKEN', 'x'],
    ['X-Api-Key', '1'],
    ['NOTION_PAT', 'abc'],
    ['ANYTHING', 'sk-proj-0123456789abcdef'],
    ['ANYTHING', 'eyJhbGciOiJI.eyJzdWIi.c2ln'],
    ['ANYTHING', 'q8Zr41mNc0pXv7Lk2sWd9tBy6hJf3gEa'],
  ])('%s=%s', (name, value) => {
    expect(looksSecret(name, value)).toBe(true);
  });

  it.each([
    ['TOKEN_FILE', '/run/token'],
    ['MODE', 'production'],
    ['ROOT', '/home/me/a-long-folder-name/with-2-parts'],
    ['API_URL', 'https://example.test'],
    ['TOKEN', ''],
  ])('not %s=%s', (name, value) => {
    expect(looksSecret(name, value)).toBe(false);
  });

  it('is found among arguments and in addresses', () => {
    expect(findSecretArguments(['--port', '80', '--api-key', 'abc', '--token=def', '--verbose'])).toEqual([3, 4]);
    expect(hasSecretInUrl('https://u:p@example.test/')).toBe(true);
    expect(hasSecretInUrl('https://example.test/mcp?api_key=1')).toBe(true);
    expect(hasSecretInUrl('https://example.test/mcp?page=1')).toBe(false);
  });
});

describe('placeholders', () => {
  it('are variables only where they are the whole value', () => {
    const open = `\${`;
    expect(readFilled(`${open}A}`)).toEqual({ kind: 'env', name: 'A' });
    expect(readFilled(`${open}env:A}`)).toEqual({ kind: 'env', name: 'A' });
    expect(readFilled('{env:A}')).toEqual({ kind: 'env', name: 'A' });
    expect(readFilled('$A')).toEqual({ kind: 'env', name: 'A' });
    expect(readFilled(`Bearer ${open}A}`)).toMatchObject({ kind: 'client' });
    expect(readFilled(`${open}input:a}`)).toMatchObject({ kind: 'client' });
    expect(readFilled('plain')).toEqual({ kind: 'literal', value: 'plain' });
  });
});
