import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseConfig, valueAt } from '../../../electron/engine/client-configs/parse-config.ts';
import type { BridgeErrorBody, BridgeResult } from '../../../electron/shared/index.ts';
import type { Harness } from '../../helpers/engine.ts';
import { type ClientHome, makeClientHome } from './client-home.ts';

const patient = { timeout: 20_000, interval: 50 };
const cursorFile = '.cursor/mcp.json';
const cursorText =
  '// mine\n{\n    "mcpServers": {\n        "files": { "command": "files-mcp", "args": [] } // local\n    }\n}\n';

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

const choice = (clientId: string, project: string | null = null) => ({ clientId, project, takeOut: [] as string[] });

async function connect(clientId: string, more: { project?: string | null; takeOut?: string[] } = {}) {
  const chosen = { ...choice(clientId), ...more };
  const { hash } = await engine.call('clients.preview', chosen);
  return engine.call('clients.connect', { ...chosen, hash, agentName: `Agent of ${clientId}`, defaultEffect: 'ask' });
}

async function refusalOf(work: Promise<unknown>): Promise<BridgeErrorBody> {
  const error = await work.then(
    () => null,
    (thrown: Error & { body: BridgeErrorBody }) => thrown,
  );
  if (error === null) throw new Error('it was not refused');
  return error.body;
}

const agents = async () => (await engine.call('snapshot', {})).agents;
const clientOf = async (id: string) => {
  const client = (await engine.call('clients.list', {})).clients.find((one) => one.id === id);
  if (!client) throw new Error(`no ${id}`);
  return client;
};

describe('connecting a client', () => {
  it.each([
    ['claude-code', '.claude.json', ['mcpServers'], { type: 'http', url: 'URL', headers: 'BEARER' }],
    ['cursor', '.cursor/mcp.json', ['mcpServers'], { url: 'URL', headers: 'BEARER' }],
    ['vscode', '.config/Code/User/mcp.json', ['servers'], { type: 'http', url: 'URL', headers: 'BEARER' }],
    ['windsurf', '.codeium/windsurf/mcp_config.json', ['mcpServers'], { serverUrl: 'URL', headers: 'BEARER' }],
    ['codex', '.codex/config.toml', ['mcp_servers'], { url: 'URL', http_headers: 'BEARER' }],
    ['gemini-cli', '.gemini/settings.json', ['mcpServers'], { httpUrl: 'URL', headers: 'BEARER' }],
    ['antigravity', '.gemini/config/mcp_config.json', ['mcpServers'], { serverUrl: 'URL', headers: 'BEARER' }],
    ['zed', '.config/zed/settings.json', ['context_servers'], { url: 'URL', headers: 'BEARER' }],
    [
      'cline',
      '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
      ['mcpServers'],
      { type: 'streamableHttp', disabled: false, url: 'URL', headers: 'BEARER' },
    ],
    [
      'goose',
      '.config/goose/config.yaml',
      ['extensions'],
      {
        ...{ name: 'scopegate', description: 'ScopeGate', enabled: true, timeout: 300 },
        ...{ type: 'streamable_http', uri: 'URL', headers: 'BEARER' },
      },
    ],
    [
      'opencode',
      '.config/opencode/opencode.json',
      ['mcp'],
      { type: 'remote', enabled: true, url: 'URL', headers: 'BEARER' },
    ],
    [
      'copilot-cli',
      '.copilot/mcp-config.json',
      ['mcpServers'],
      { type: 'http', tools: ['*'], url: 'URL', headers: 'BEARER' },
    ],
    ['kiro', '.kiro/settings/mcp.json', ['mcpServers'], { url: 'URL', headers: 'BEARER' }],
  ] as const)(
    'writes %s a file of its own shape, private, that its agent gets in with',
    async (id, path, key, shape) => {
      const { connection, agent } = await connect(id);
      const file = join(at.home, path);
      expect(connection.file).toBe(file);
      const format = path.endsWith('.toml') ? 'toml' : path.endsWith('.yaml') ? 'yaml' : 'jsonc';
      const parsed = parseConfig(format, readFileSync(file, 'utf8'));
      const entry = parsed.ok ? (valueAt(parsed.value, [...key, 'scopegate']) as Record<string, unknown>) : {};
      const authorization = Object.values(entry)
        .map((value) => (value as { Authorization?: string }).Authorization)
        .find((text) => text !== undefined);
      const meant = Object.entries(shape).map(([name, value]) => {
        if (value === 'URL') return [name, engine.url];
        return [name, value === 'BEARER' ? { Authorization: authorization } : value];
      });
      expect(entry).toEqual(Object.fromEntries(meant));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      await engine.connect(String(authorization).replace('Bearer ', ''));
      await vi.waitFor(async () => expect((await clientOf(id)).connections[0]?.seenAt).toBeGreaterThan(0), patient);
      expect(agent.name).toBe(`Agent of ${id}`);
    },
  );

  it('gives a client that only starts programs the helper and a private token file (security)', async () => {
    const { connection } = await connect('junie');
    const text = readFileSync(connection.file, 'utf8');
    const { command, args } = JSON.parse(text).mcpServers.scopegate as { command: string; args: string[] };
    expect(command).toBe('scopegate');
    expect(args.slice(0, 3)).toEqual(['connect', '--url', engine.url]);
    const tokenFile = args[args.indexOf('--token-file') + 1] ?? '';
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
    const token = readFileSync(tokenFile, 'utf8').trim();
    expect(text).not.toContain(token);
    expect(args.some((arg) => /\s/.test(arg))).toBe(false);
    await engine.connect(token);
    await engine.call('clients.undo', { id: connection.id });
    expect(existsSync(tokenFile)).toBe(false);
  });

  it('keeps comments, order and indentation, and undo puts back every byte', async () => {
    const file = at.put(cursorFile, `\uFEFF${cursorText.replaceAll('\n', '\r\n')}`, 0o640);
    const before = readFileSync(file);
    const { connection, backup } = await connect('cursor');
    const after = readFileSync(file, 'utf8');
    expect(after.startsWith('\uFEFF// mine\r\n{\r\n    "mcpServers": {\r\n        "files"')).toBe(true);
    expect(after).toContain('"args": [] }, // local\r\n        "scopegate": {\r\n            "url"');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(statSync(backup ?? '').mode & 0o777).toBe(0o600);
    expect(readFileSync(backup ?? '').equals(before)).toBe(true);
    await engine.call('clients.undo', { id: connection.id });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(backup ?? '')).toBe(false);
    expect(await agents()).toEqual([]);
    expect(readdirSync(join(at.home, '.cursor'))).toEqual(['mcp.json']);
  });

  it('removes on undo the file that was not there before', async () => {
    const { connection } = await connect('cursor');
    await engine.call('clients.undo', { id: connection.id });
    expect(existsSync(connection.file)).toBe(false);
    expect((await clientOf('cursor')).connections).toEqual([]);
  });

  it('shows the change without the token, and no event, log or record holds it (security)', async () => {
    at.put(cursorFile, '{ "mcpServers": {\n  "a": { "command": "a", "env": { "API_KEY": "very-private-1" } }\n} }\n');
    const preview = await engine.call('clients.preview', choice('cursor'));
    expect(preview.lines.filter(({ mark }) => mark === 'added').length).toBeGreaterThan(2);
    expect(JSON.stringify(preview)).not.toContain('very-private-1');
    const { connection } = await connect('cursor');
    const token = /Bearer (sgk_\w[^"]+)/.exec(readFileSync(connection.file, 'utf8'))?.[1] ?? '';
    expect(token.length).toBeGreaterThan(40);
    const again = await engine.call('clients.preview', choice('cursor'));
    expect(again.replaces).toBe(true);
    const told = [preview, again, engine.events, await engine.call('clients.list', {})].map((thing) =>
      JSON.stringify(thing),
    );
    told.push(readFileSync(join(engine.dir, 'clients.json'), 'utf8'));
    for (const text of told) expect(text).not.toContain(token);
  });

  it('replaces its own entry and the agent keeps its name with a new token', async () => {
    const first = await connect('cursor');
    const text = readFileSync(first.connection.file, 'utf8');
    const second = await connect('cursor');
    expect(second.agent.id).toBe(first.agent.id);
    expect(readFileSync(first.connection.file, 'utf8')).not.toBe(text);
    expect(Object.keys(JSON.parse(readFileSync(first.connection.file, 'utf8')).mcpServers)).toEqual(['scopegate']);
    expect((await clientOf('cursor')).connections.map(({ id }) => id)).toEqual([second.connection.id]);
  });

  it('takes the name of no server that is somebody else’s', async () => {
    at.put(cursorFile, '{ "mcpServers": { "scopegate": { "command": "other" } } }');
    const { connection } = await connect('cursor');
    expect(Object.keys(JSON.parse(readFileSync(connection.file, 'utf8')).mcpServers)).toEqual([
      'scopegate',
      'scopegate-2',
    ]);
  });

  it('writes into the file of a project the person chose, and nowhere else', async () => {
    const project = join(at.home, 'work');
    mkdirSync(project);
    const { connection } = await connect('claude-code', { project });
    expect(connection.file).toBe(join(project, '.mcp.json'));
    expect(existsSync(join(at.home, '.claude.json'))).toBe(false);
    const { message } = await refusalOf(engine.call('clients.preview', choice('cursor', join(at.home, 'none'))));
    expect(message).toBe('There is no such project folder.');
  });

  it('writes opencode’s newer shape where the file uses it', async () => {
    const file = at.put('.config/opencode/opencode.json', '{ "mcp": { "servers": {} } }');
    await connect('opencode');
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).mcp.servers)).toEqual(['scopegate']);
  });

  it('follows a link inside the home folder, names its end, and leaves the link', async () => {
    const real = at.put('dotfiles/mcp.json', '{}');
    mkdirSync(join(at.home, '.cursor'));
    symlinkSync(real, join(at.home, cursorFile));
    expect((await engine.call('clients.preview', choice('cursor'))).linkTarget).toBe(real);
    await connect('cursor');
    expect(readFileSync(real, 'utf8')).toContain('scopegate');
    expect(readFileSync(join(at.home, cursorFile), 'utf8')).toContain('scopegate');
  });
});

describe('a file that must not be written', () => {
  const untouched = async (file: string, work: () => Promise<unknown>): Promise<BridgeErrorBody> => {
    const before = readFileSync(file);
    const body = await refusalOf(work());
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(await agents()).toEqual([]);
    expect(body.fix).not.toBe('');
    return body;
  };
  const preview = () => engine.call('clients.preview', choice('cursor'));

  it('malformed: says so without quoting it (security)', async () => {
    const file = at.put(cursorFile, '{ "mcpServers": {\n "a": { "env": { "KEY": "very-private" } \n');
    const { message, fix } = await untouched(file, preview);
    expect(message).toContain('was left as it is: it is not valid in line 3 (JSON).');
    expect(message + fix).not.toContain('very-private');
  });

  it('read-only: says what to do', async (context) => {
    context.skip(process.getuid?.() === 0, 'root may write what is read-only');
    const file = at.put(cursorFile, '{}', 0o400);
    expect((await untouched(file, preview)).fix).toBe('Make it writable for you, or add the entry by hand.');
  });

  it('a link out of the home folder is not followed (security)', async () => {
    const outside = join(engine.dir, 'elsewhere.json');
    writeFileSync(outside, '{}');
    mkdirSync(join(at.home, '.cursor'));
    symlinkSync(outside, join(at.home, cursorFile));
    expect((await untouched(outside, preview)).message).toContain('outside your home folder');
  });

  it('huge: is not read', async () => {
    const file = at.put(cursorFile, Buffer.alloc(4 * 1024 * 1024 + 1, ' '));
    expect((await untouched(file, preview)).message).toContain('larger than 4 MiB');
  });

  it('a pipe in its place does not hang the engine (security)', async () => {
    mkdirSync(join(at.home, '.cursor'));
    execFileSync('mkfifo', [join(at.home, cursorFile)]);
    expect((await refusalOf(preview())).message).toContain('not a regular file');
  });

  it('not UTF-8: is not guessed at', async () => {
    const file = at.put(cursorFile, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect((await untouched(file, preview)).message).toContain('not UTF-8');
  });

  it('changed between preview and write: is not written over, and there is no agent (security)', async () => {
    const file = at.put(cursorFile, cursorText);
    const { hash } = await preview();
    writeFileSync(file, `${cursorText}\n`);
    const body = await untouched(file, () =>
      engine.call('clients.connect', { ...choice('cursor'), hash, agentName: 'Cursor', defaultEffect: 'ask' }),
    );
    expect(body.message).toContain('it changed after it was shown');
  });

  it('changed since: undo leaves it and says how to go on', async () => {
    const { connection } = await connect('cursor');
    writeFileSync(connection.file, '{ "mine": true }');
    const body = await refusalOf(engine.call('clients.undo', { id: connection.id }));
    expect(body.message).toContain('it was changed since ScopeGate wrote it');
    expect(readFileSync(connection.file, 'utf8')).toBe('{ "mine": true }');
    expect(await agents()).toHaveLength(1);
  });
});

describe('files of connected clients', () => {
  const beside = async (): Promise<BridgeResult<'clients.list'>['beside']> =>
    (await engine.call('clients.list', {})).beside;

  it('are watched: a server added beside ScopeGate is pointed out until the person has seen it', async () => {
    at.put(cursorFile, cursorText);
    const { connection } = await connect('cursor');
    expect(await beside()).toEqual([]);
    const text = readFileSync(connection.file, 'utf8');
    writeFileSync(
      connection.file,
      text.replace('"files":', '"shell": { "command": "sh", "args": ["--token", "abcdefgh12345678"] },\n"files":'),
    );
    await vi.waitFor(async () => expect(await beside()).toHaveLength(1), patient);
    const [server] = await beside();
    expect(server).toMatchObject({ name: 'shell', clientName: 'Cursor', target: 'sh --token •••' });
    expect(engine.events.some(({ body }) => body.type === 'clients.changed')).toBe(true);
    await engine.call('clients.dismiss', { key: server?.key ?? '' });
    expect(await beside()).toEqual([]);
  });

  it('are looked at again at the next start', async () => {
    const { connection } = await connect('cursor');
    const { dir } = engine;
    await engine.engine.stop();
    const entries = JSON.parse(readFileSync(connection.file, 'utf8'));
    entries.mcpServers.late = { url: 'https://example.test/mcp' };
    writeFileSync(connection.file, JSON.stringify(entries));
    engine = await at.start({ dir });
    await vi.waitFor(async () => expect((await beside()).map(({ name }) => name)).toEqual(['late']), patient);
    // the address is another one, and the entry is known for what it is
    expect((await clientOf('cursor')).connections).toMatchObject([{ isMoved: true }]);
    const moved = await connect('cursor');
    expect(moved.connection.isMoved).toBe(false);
    expect(JSON.parse(readFileSync(moved.connection.file, 'utf8')).mcpServers.scopegate.url).toBe(engine.url);
  });
});
