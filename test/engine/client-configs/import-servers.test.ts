import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeResult, FoundServer } from '../../../electron/shared/index.ts';
import type { Harness } from '../../helpers/engine.ts';
import { type ClientHome, makeClientHome } from './client-home.ts';

let at: ClientHome;
let engine: Harness;

beforeEach(async () => {
  at = makeClientHome();
  engine = await at.start();
});

afterEach(async () => {
  await engine.stop();
  at.remove();
});

const read = (clientId: string, project: string | null = null) => engine.call('clients.read', { clientId, project });

function pick(server: FoundServer, references: Record<string, string> = {}) {
  return { key: server.key, id: server.suggestedId, name: server.name, references };
}

function importAll(found: BridgeResult<'clients.read'>, picks: ReturnType<typeof pick>[], clientId = 'cursor') {
  const hashes = Object.fromEntries(found.files.map(({ file, hash }) => [file, hash]));
  return engine.call('clients.import', { clientId, project: null, hashes, picks });
}

const put = (servers: object) => at.put('.cursor/mcp.json', JSON.stringify({ mcpServers: servers }));
/** A place that the client fills in. */
const filled = (name: string) => `\${${name}}`;
const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

describe('what can be imported', () => {
  it('is not looked into before the person picks a client (security)', async () => {
    const file = put({ a: { command: 'a' } });
    const past = new Date(1_000_000_000_000);
    utimesSync(file, past, past);
    // a folder in its place could not be read, but it can be seen
    mkdirSync(join(at.home, '.kiro/settings/mcp.json'), { recursive: true });
    const { clients } = await engine.call('clients.list', {});
    const installed = clients.filter((client) => client.installed).map(({ id }) => id);
    expect(installed).toEqual(['cursor', 'kiro']);
    expect(clients.find(({ id }) => id === 'kiro')).toMatchObject({ hasFile: true, connections: [] });
  });

  it('comes from every shape of entry, disabled ones and projects included', async () => {
    at.put(
      '.claude.json',
      JSON.stringify({
        mcpServers: { gh: { type: 'http', url: 'https://mcp.example.test/a' } },
        projects: { '/projects/web': { mcpServers: { db: { command: 'db-mcp', args: ['--ro'] } } } },
      }),
    );
    at.put('.codex/config.toml', '[mcp_servers.files]\ncommand = "files"\nargs = ["a"]\nenabled = false\n');
    at.put(
      '.config/goose/config.yaml',
      'extensions:\n  developer:\n    type: builtin\n    enabled: true\n  web:\n    type: stdio\n    cmd: web\n    args: [b]\n',
    );
    at.put('.config/opencode/opencode.jsonc', '{ "mcp": { "c": { "type": "local", "command": ["run", "it"] }, } }');
    at.put(
      '.config/zed/settings.json',
      '{ "context_servers": { "d": { "command": { "path": "zed-d", "args": ["x"] } } } }',
    );
    const shapes: Record<string, unknown> = {};
    for (const id of ['claude-code', 'codex', 'goose', 'opencode', 'zed'])
      shapes[id] = (await read(id)).servers.map(({ name, kind, target, isOff, group }) => [
        name,
        kind,
        target,
        isOff,
        group,
      ]);
    expect(shapes).toEqual({
      'claude-code': [
        ['gh', 'http', 'https://mcp.example.test/a', false, null],
        ['db', 'stdio', 'db-mcp --ro', false, '/projects/web'],
      ],
      codex: [['files', 'stdio', 'files a', true, null]],
      goose: [['web', 'stdio', 'web b', false, null]],
      opencode: [['c', 'stdio', 'run it', false, null]],
      zed: [['d', 'stdio', 'zed-d x', false, null]],
    });
  });

  it('never shows a secret, wherever in the entry it stands (security)', async () => {
    put({
      a: { command: 'a', env: { GITHUB_TOKEN: secret, MODE: 'fast' } },
      b: { url: 'https://example.test/mcp', headers: { Authorization: `Bearer ${secret}`, 'X-Plain': 'yes' } },
      c: { command: 'c', args: ['--api-key', secret] },
      d: { url: `https://example.test/mcp?key=${secret}` },
      e: { command: 'e', env: { ODD: secret } },
    });
    const found = await read('cursor');
    expect(JSON.stringify(found)).not.toContain(secret);
    const secrets = found.servers.map((server) => server.secrets.map(({ name }) => name));
    expect(secrets).toEqual([['GITHUB_TOKEN'], ['Authorization'], [], [], ['ODD']]);
    expect(found.servers.map(({ problems }) => problems.length)).toEqual([0, 0, 1, 1, 0]);
  });

  it('says what only the client can fill in, and takes whole variables as references', async () => {
    put({
      a: { command: 'a', env: { TOKEN: filled('env:MY_TOKEN'), OTHER: filled('input:key') } },
      b: { url: 'https://example.test/mcp', headers: { Authorization: `Bearer ${filled('TOKEN:-hidden-default')}` } },
      c: { command: 'c', args: [filled('workspaceFolder')] },
    });
    const { servers } = await read('cursor');
    expect(servers[0]?.secrets).toMatchObject([
      { name: 'TOKEN', from: 'reference', reference: 'env:MY_TOKEN' },
      { name: 'OTHER', from: 'client' },
    ]);
    expect(servers[1]?.secrets).toMatchObject([{ name: 'Authorization', from: 'client' }]);
    expect(JSON.stringify(servers)).not.toContain('hidden-default');
    expect(servers[2]?.problems[0]).toContain('workspaceFolder');
  });
});

describe('importing', () => {
  it('adds servers hidden until they are reviewed, under names of their own (security)', async () => {
    put({
      Files: { command: 'files' },
      files: { command: 'files', args: ['2'] },
      off: { command: 'off', disabled: true },
    });
    const found = await read('cursor');
    const { added, failed } = await importAll(
      found,
      found.servers.map((server) => pick(server)),
    );
    expect(failed).toEqual([]);
    expect(added.map(({ id, reviewed, enabled, trusted }) => [id, reviewed, enabled, trusted])).toEqual([
      ['files', false, true, false],
      ['files-2', false, true, false],
      ['off', false, false, false],
    ]);
    const again = await read('cursor');
    expect(again.servers.map(({ existing }) => existing)).toEqual(['Files', 'files', 'off']);
  });

  it('skips ScopeGate’s own entry', async () => {
    put({ scopegate: { url: engine.url }, helper: { command: 'scopegate', args: ['connect'] }, a: { command: 'a' } });
    const found = await read('cursor');
    expect(found.own).toBe(2);
    expect(found.servers.map(({ name }) => name)).toEqual(['a']);
  });

  it('stores a reference and never the secret, and refuses a secret without one (security)', async () => {
    put({ a: { command: 'a', env: { GITHUB_TOKEN: secret, MODE: 'fast' } }, b: { command: 'b' } });
    const found = await read('cursor');
    const [a, b] = found.servers;
    if (!a || !b) throw new Error('not found');
    const first = await importAll(found, [pick(a), pick(b)]);
    expect(first.added.map(({ id }) => id)).toEqual(['b']);
    expect(first.failed[0]?.message).toContain('GITHUB_TOKEN needs a place to come from');
    const literal = await importAll(found, [pick(a, { 'env.GITHUB_TOKEN': secret })]);
    expect(literal.failed).toHaveLength(1);
    expect(JSON.stringify(literal)).not.toContain(secret);
    const { added } = await importAll(found, [pick(a, { 'env.GITHUB_TOKEN': 'env:GITHUB_TOKEN' })]);
    expect(added[0]?.transport).toMatchObject({ env: { MODE: 'fast', GITHUB_TOKEN: 'env:GITHUB_TOKEN' } });
    await engine.engine.stop();
    for (const file of ['scopegate.db', 'clients.json'])
      expect(readFileSync(join(engine.dir, file)).includes(secret)).toBe(false);
  });

  it('takes nothing from a file that changed after it was shown (security)', async () => {
    const file = put({ a: { command: 'a' } });
    const found = await read('cursor');
    writeFileSync(file, JSON.stringify({ mcpServers: { a: { command: 'evil' } } }));
    await expect(
      importAll(
        found,
        found.servers.map((server) => pick(server)),
      ),
    ).rejects.toThrow('changed after it was shown');
    expect((await engine.call('snapshot', {})).servers).toEqual([]);
  });

  it('shows the files that can be read beside one that cannot', async () => {
    const project = join(at.home, 'web');
    mkdirSync(project);
    put({ a: { command: 'a' } });
    at.put('web/.cursor/mcp.json', '{ broken');
    const found = await read('cursor', project);
    expect(found.files.map(({ state }) => state)).toEqual(['read', 'fault']);
    expect(found.servers.map(({ name }) => name)).toEqual(['a']);
  });
});
