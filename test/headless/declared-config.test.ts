import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeclaredConfig } from '../../electron/engine/contract.ts';
import { formatConfigProblems, readDeclaredConfig } from '../../electron/headless/declared-config.ts';

const secret = 'correct-horse-battery-staple-0123456789';
const env = {
  CLAUDE_TOKEN: secret,
  SHORT: 'too-short-value',
  SPACED: `${secret} and a space`,
  TWIN: secret,
  EMPTY: '',
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'declared-config-'));
  mkdirSync(path.join(folder, 'secrets'));
  writeFileSync(path.join(folder, 'secrets', 'cursor'), `${secret.toUpperCase()}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(text: string | Buffer) {
  const file = path.join(folder, 'scopegate.yaml');
  writeFileSync(file, text);
  return readDeclaredConfig(file, env);
}

async function accept(text: string): Promise<DeclaredConfig> {
  const result = await read(text);
  if (!result.ok) throw new Error(formatConfigProblems('file', result.problems));
  return result.config;
}

describe('a declared configuration that is right', () => {
  it('reads the documented example', async () => {
    const config = await accept(`
port: 0                          # agents' listener; 0 = any free port
servers:
  files: { command: npx, args: ["@modelcontextprotocol/server-filesystem@2026.8.31", ./workspace], env: { A: b } }
  remote: { url: "http://127.0.0.1:9000/mcp", headers: { X-Key: "env:REMOTE_KEY" }, trusted: true }
agents:
  claude: { token: "env:CLAUDE_TOKEN", default: ask, tools: { files__read_file: allow, files__write_file: deny }, limit: 600/min }
`);
    expect(config).toEqual({
      file: path.join(folder, 'scopegate.yaml'),
      port: 0,
      servers: [
        {
          id: 'files',
          trusted: false,
          transport: {
            kind: 'stdio',
            command: 'npx',
            args: ['@modelcontextprotocol/server-filesystem@2026.8.31', './workspace'],
            cwd: folder,
            env: { A: 'b' },
          },
        },
        {
          id: 'remote',
          trusted: true,
          transport: { kind: 'http', url: 'http://127.0.0.1:9000/mcp', headers: { 'X-Key': 'env:REMOTE_KEY' } },
        },
      ],
      agents: [
        {
          name: 'claude',
          token: secret,
          defaultEffect: 'ask',
          tools: { files__read_file: 'allow', files__write_file: 'deny' },
          limit: { count: 600, per: 'min' },
        },
      ],
    });
  });

  it('takes every part as optional and keeps what is absent absent', async () => {
    expect(await accept('{}')).toMatchObject({ port: null, servers: [], agents: [] });
    const { agents } = await accept('agents: { a: { token: "env:CLAUDE_TOKEN" } }');
    expect(agents).toEqual([{ name: 'a', token: secret, defaultEffect: null, tools: {}, limit: null }]);
  });

  it('means the file’s folder by every relative path', async () => {
    const { servers, agents } = await accept(`
servers:
  own: { command: ./bin/server, args: [./data], cwd: sub, env: { KEY: "file:secrets/key", PLAIN: ./as-is } }
agents:
  cursor: { token: "file:secrets/cursor", tools: { "own__*": ask } }
`);
    expect(servers[0]?.transport).toEqual({
      kind: 'stdio',
      command: path.join(folder, 'bin', 'server'),
      args: ['./data'],
      cwd: path.join(folder, 'sub'),
      env: { KEY: `file:${path.join(folder, 'secrets', 'key')}`, PLAIN: './as-is' },
    });
    expect(agents[0]?.token).toBe(secret.toUpperCase());
  });
});

/** [what it shows, the file, LINE:COLUMN of the first problem, words of its message] */
const badFiles: [string, string, string, string][] = [
  [
    'an unknown key at the top',
    'port: 0\nserver: {}\n',
    '2:1',
    'unknown key "server" at the top of the file; allowed here: port, servers, agents',
  ],
  [
    'an unknown key of a command server',
    'servers:\n  files: { command: x, arg: [] }\n',
    '2:24',
    'unknown key "arg" in servers.files; allowed here: command, args, cwd, env, trusted',
  ],
  [
    'an unknown key of an HTTP server',
    'servers:\n  r:\n    url: http://h/mcp\n    env: {}\n',
    '4:5',
    'unknown key "env" in servers.r; allowed here: url, headers, trusted',
  ],
  [
    'an unknown key of an agent',
    'agents:\n  a:\n    token: env:CLAUDE_TOKEN\n    tool: {}\n',
    '4:5',
    'unknown key "tool" in agents.a; allowed here: token, default, tools, limit',
  ],
  ['a key twice at the top', 'port: 1\nport: 2\n', '2:1', 'twice'],
  ['a server twice', 'servers:\n  a: { command: x }\n  a: { command: y }\n', '3:3', 'twice'],
  ['an environment variable twice', 'servers:\n  a: { command: x, env: { B: "1", B: "2" } }\n', '2:35', 'twice'],
  ['a port that is text', 'port: "7420"\n', '1:7', 'expected a number, found text'],
  ['a port out of range', 'port: 70000\n', '1:7', 'expected a port from 0 (any free port) to 65535'],
  ['a port with a fraction', 'port: 1.5\n', '1:7', 'whole number'],
  ['servers as a list', 'servers:\n  - command: x\n', '2:3', 'expected a mapping of keys to values, found a list'],
  ['servers left empty', 'servers:\nagents: {}\n', '1:9', 'found nothing'],
  ['a server that is text', 'servers:\n  a: npx\n', '2:6', 'expected a mapping of keys to values, found text'],
  ['a server id with capitals', 'servers:\n  Files: { command: x }\n', '2:3', 'lower-case'],
  ['a server id that is too long', `servers:\n  ${'a'.repeat(25)}: { command: x }\n`, '2:3', '1 to 24'],
  ['a server with neither command nor url', 'servers:\n  a: { trusted: true }\n', '2:3', 'needs a command'],
  ['a server with both', 'servers:\n  a: { command: x, url: "http://h" }\n', '2:20', 'not both'],
  [
    'an argument that is a number',
    'servers:\n  a: { command: x, args: [--port, 8080] }\n',
    '2:35',
    'expected text, found a number; put it in quotes',
  ],
  ['arguments that are text', 'servers:\n  a: { command: x, args: -v }\n', '2:26', 'expected a list, found text'],
  [
    'trusted that is text',
    'servers:\n  a: { command: x, trusted: yes }\n',
    '2:29',
    'expected true or false, found text',
  ],
  [
    'a variable name with a hyphen',
    'servers:\n  a: { command: x, env: { A-B: c } }\n',
    '2:27',
    'name of an environment variable',
  ],
  ['a url that is not one', 'servers:\n  a: { url: localhost }\n', '2:13', 'http:// or https://'],
  ['a url of another scheme', 'servers:\n  a: { url: "file:///etc/passwd" }\n', '2:13', 'http:// or https://'],
  ['a url with a password', 'servers:\n  a: { url: "http://me:pw@h/mcp" }\n', '2:13', 'must not stand in an address'],
  ['a header with a line end', 'servers:\n  a: { url: "http://h", headers: { X: "a\\nb" } }\n', '2:39', 'header value'],
  ['an agent without a token', 'agents:\n  a: { default: ask }\n', '2:3', '"token" is missing'],
  ['a token written out', `agents:\n  a: { token: ${'x'.repeat(40)} }\n`, '2:15', 'must not stand in this file'],
  [
    'a token from a variable that is not set',
    'agents:\n  a: { token: "env:MISSING" }\n',
    '2:15',
    'env:MISSING: this environment variable is not set',
  ],
  ['a token from an empty variable', 'agents:\n  a: { token: "env:EMPTY" }\n', '2:15', 'not set'],
  [
    'a token from a file that is not there',
    'agents:\n  a: { token: "file:none" }\n',
    '2:15',
    'file:none: cannot be read (ENOENT)',
  ],
  ['a short token', 'agents:\n  a: { token: "env:SHORT" }\n', '2:15', 'fewer than 32'],
  ['a token with a space', 'agents:\n  a: { token: "env:SPACED" }\n', '2:15', 'cannot carry'],
  [
    'one token for two agents',
    'agents:\n  a: { token: "env:CLAUDE_TOKEN" }\n  b: { token: "env:TWIN" }\n',
    '3:15',
    'also the token of agent "a"',
  ],
  [
    'an effect in other words',
    'agents:\n  a: { token: "env:CLAUDE_TOKEN", default: block }\n',
    '2:44',
    'expected allow, ask or deny',
  ],
  [
    'an effect of a tool that is true',
    'agents:\n  a:\n    token: env:CLAUDE_TOKEN\n    tools:\n      s__t: true\n',
    '5:13',
    'expected allow, ask or deny',
  ],
  [
    'a tool without its server',
    'agents:\n  a: { token: "env:CLAUDE_TOKEN", tools: { read_file: ask } }\n',
    '2:44',
    'files__read_file',
  ],
  ['a star for everything', 'agents:\n  a: { token: "env:CLAUDE_TOKEN", tools: { "*": ask } }\n', '2:44', 'files__*'],
  [
    'a limit without its unit',
    'agents:\n  a: { token: "env:CLAUDE_TOKEN", limit: 60 }\n',
    '2:42',
    'expected text, found a number',
  ],
  [
    'a limit of another unit',
    'agents:\n  a: { token: "env:CLAUDE_TOKEN", limit: 60/day }\n',
    '2:42',
    'N/s, N/min or N/h',
  ],
  ['a limit of nothing', 'agents:\n  a: { token: "env:CLAUDE_TOKEN", limit: 0/s }\n', '2:42', 'N/s, N/min or N/h'],
  ['an empty file', '', '1:1', 'expected a mapping of keys to values, found nothing'],
  ['a list', '- a\n', '1:1', 'found a list'],
  ['broken YAML', 'servers: { a: { command: x }\n', '2:1', 'not YAML'],
  ['a tab as indent', 'servers:\n\ta: {}\n', '2:1', 'not YAML'],
  ['a second document', 'port: 0\n---\nport: 1\n', '2:1', 'one document'],
  ['an alias', 'servers:\n  a: &x { command: x }\n  b: *x\n', '2:9', 'anchors'],
  ['a merge key', 'agents:\n  a: { token: "env:CLAUDE_TOKEN" }\n  b: { <<: {} }\n', '3:3', 'missing'],
  ['a special tag', 'servers:\n  a: !run { command: x }\n', '2:6', 'tags'],
  ['the key __proto__', 'servers:\n  a: { command: x, env: { __proto__: y } }\n', '2:27', 'not allowed'],
];

describe('a declared configuration that is wrong', () => {
  it.each(badFiles)('refuses %s and says where', async (_what, text, position, words) => {
    const result = await read(text);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const first = result.problems[0];
    expect(`${first?.line}:${first?.column}`, first?.message).toBe(position);
    expect(first?.message).toContain(words);
  });

  it('reports every problem in the order of the file', async () => {
    const result = await read('prot: 1\nservers:\n  a: { command: 1 }\nagents:\n  b: { token: 5 }\n');
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(formatConfigProblems('f.yaml', result.problems).split('\n')).toEqual([
      'f.yaml:1:1: unknown key "prot" at the top of the file; allowed here: port, servers, agents',
      'f.yaml:3:17: expected text, found a number; put it in quotes',
      'f.yaml:5:15: expected text, found a number; put it in quotes',
    ]);
  });

  it('says that a file is missing or not text', async () => {
    const missing = await readDeclaredConfig(path.join(folder, 'none.yaml'), env);
    expect(missing).toMatchObject({ ok: false, problems: [{ message: 'the file cannot be read (ENOENT)' }] });
    const binary = await read(Buffer.from([0x70, 0xff, 0xfe, 0x00]));
    expect(binary).toMatchObject({ ok: false, problems: [{ message: 'the file is not UTF-8 text' }] });
  });

  it('never repeats a value in a message (security)', async () => {
    const leak = 'hunter2-hunter2-hunter2-hunter2-hunter2';
    const files = [
      `agents:\n  a: { token: ${leak} }\n`,
      `agents:\n  a: { token: "${leak}\n`,
      `agents:\n  a: { token: [${leak}}\n`,
      `agents:\n  a:\n    token: ${leak}\n   bad: ${leak}\n`,
      `agents:\n  a: { token: !x ${leak} }\n`,
      `servers:\n  a: { command: x, env: { K: *${leak} } }\n`,
      `servers:\n  a: { url: "http://u:${leak}@h/" }\n`,
      `agents:\n  a: { token: "env:SPACED" }\n  b: { token: "env:SHORT" }\n`,
    ];
    for (const text of files) {
      const result = await read(text);
      expect(result.ok, text).toBe(false);
      const words = JSON.stringify(result);
      expect(words).not.toContain('hunter2');
      expect(words).not.toContain(secret);
      expect(words).not.toContain(env.SHORT);
    }
  });
});
