import type { PlaceBase } from './places.ts';

export type ConfigFormat = 'jsonc' | 'toml' | 'yaml';

/** How one client writes a server down. Names of members; `extra` is written as it stands. */
export interface Dialect {
  /** Null: remote servers cannot stand in the file. */
  remote: { url: string; headers: string; extra: Readonly<Record<string, unknown>> } | null;
  stdio: {
    command: string;
    /** Null: the arguments follow the command in one list. */
    args: string | null;
    env: string;
    extra: Readonly<Record<string, unknown>>;
  };
}

export interface ConfigPlace {
  scope: 'user' | 'project';
  base: PlaceBase;
  /** With `/`, relative to the base. */
  path: string;
  /** Where it differs by system; missing: everywhere. */
  platforms?: readonly NodeJS.Platform[];
  format: ConfigFormat;
  /** Where the servers stand: the first that is there, else the last. */
  keys: readonly (readonly string[])[];
  /** Only where this file differs from the rest of the client. */
  dialect?: Dialect;
}

export interface ClientKind {
  id: string;
  name: string;
  /** The file that is written to first; others are read as well. */
  files: readonly ConfigPlace[];
  /** Any of these there: the client is installed. */
  signs: readonly { base: PlaceBase; path: string; platforms?: readonly NodeJS.Platform[] }[];
  dialect: Dialect;
  /** What the person does so that the client reads the file again. */
  afterwards: string;
  /** What they should know about it; empty: nothing. */
  note: string;
}

const stdio: Dialect['stdio'] = { command: 'command', args: 'args', env: 'env', extra: {} };
const remote = (url: string, extra: Readonly<Record<string, unknown>> = {}, headers = 'headers') => ({
  ...{ url, headers, extra },
});
const standard: Dialect = { remote: remote('url'), stdio };
const typed: Dialect = { remote: remote('url', { type: 'http' }), stdio };
const vscodeTyped: Dialect = { ...typed, stdio: { ...stdio, extra: { type: 'stdio' } } };
const serverUrl: Dialect = { remote: remote('serverUrl'), stdio };
const localOnly: Dialect = { remote: null, stdio };
const cline: Dialect = { remote: remote('url', { type: 'streamableHttp', disabled: false }), stdio };
const opencode: Dialect = {
  remote: remote('url', { type: 'remote', enabled: true }),
  stdio: { command: 'command', args: null, env: 'environment', extra: { type: 'local', enabled: true } },
};
const gooseExtra = { name: 'scopegate', description: 'ScopeGate', enabled: true, timeout: 300 };
const goose: Dialect = {
  remote: remote('uri', { ...gooseExtra, type: 'streamable_http' }),
  stdio: { command: 'cmd', args: 'args', env: 'envs', extra: { ...gooseExtra, type: 'stdio' } },
};

const mcpServers = [['mcpServers']] as const;
const json = (
  scope: ConfigPlace['scope'],
  base: PlaceBase,
  path: string,
  keys: ConfigPlace['keys'] = mcpServers,
): ConfigPlace => ({ scope, base, path, format: 'jsonc', keys });

const restart = (name: string) => `Restart ${name} so that it reads the file.`;

/**
 * The clients ScopeGate knows how to read and to write. Shapes from the clients' own documentation and cross-checked
 * with add-mcp; a client that changes its shape needs a new row here and nothing else.
 */
export const clientTable: readonly ClientKind[] = [
  {
    id: 'claude-code',
    name: 'Claude Code',
    files: [json('user', 'home', '.claude.json'), json('project', 'project', '.mcp.json')],
    signs: [
      { base: 'home', path: '.claude.json' },
      { base: 'home', path: '.claude' },
    ],
    dialect: typed,
    afterwards: 'Start a new session of Claude Code.',
    note: '',
  },
  {
    id: 'claude-desktop',
    name: 'Claude Desktop',
    files: [json('user', 'appData', 'Claude/claude_desktop_config.json')],
    signs: [{ base: 'appData', path: 'Claude' }],
    dialect: localOnly,
    afterwards: restart('Claude Desktop'),
    note: 'Its connectors dial from the vendor’s cloud and cannot reach this computer, so it starts a small helper.',
  },
  {
    id: 'cursor',
    name: 'Cursor',
    files: [json('user', 'home', '.cursor/mcp.json'), json('project', 'project', '.cursor/mcp.json')],
    signs: [{ base: 'home', path: '.cursor' }],
    dialect: standard,
    afterwards: 'Cursor reads the file again by itself; switch the server on there if it is off.',
    note: '',
  },
  {
    id: 'vscode',
    name: 'VS Code',
    files: [
      json('user', 'appData', 'Code/User/mcp.json', [['servers']]),
      json('project', 'project', '.vscode/mcp.json', [['servers']]),
    ],
    signs: [{ base: 'appData', path: 'Code/User' }],
    dialect: vscodeTyped,
    afterwards: 'Start the server in VS Code when it asks whether you trust it.',
    note: '',
  },
  {
    id: 'windsurf',
    name: 'Windsurf',
    files: [
      json('user', 'home', '.codeium/windsurf/mcp_config.json'),
      json('user', 'home', '.codeium/mcp_config.json'),
    ],
    signs: [{ base: 'home', path: '.codeium' }],
    dialect: serverUrl,
    afterwards: 'Press Refresh beside the servers in Windsurf.',
    note: '',
  },
  {
    id: 'codex',
    name: 'Codex',
    files: [
      { scope: 'user', base: 'codex', path: 'config.toml', format: 'toml', keys: [['mcp_servers']] },
      { scope: 'project', base: 'project', path: '.codex/config.toml', format: 'toml', keys: [['mcp_servers']] },
    ],
    signs: [{ base: 'codex', path: '' }],
    dialect: { remote: remote('url', {}, 'http_headers'), stdio },
    afterwards: 'Start a new session of Codex.',
    note: '',
  },
  {
    id: 'gemini-cli',
    name: 'Gemini CLI',
    files: [json('user', 'home', '.gemini/settings.json'), json('project', 'project', '.gemini/settings.json')],
    signs: [{ base: 'home', path: '.gemini/settings.json' }],
    dialect: { remote: remote('httpUrl'), stdio },
    afterwards: 'Start a new session of Gemini CLI.',
    note: '',
  },
  {
    id: 'antigravity',
    name: 'Antigravity',
    files: [
      json('user', 'home', '.gemini/config/mcp_config.json'),
      json('user', 'home', '.gemini/antigravity/mcp_config.json'),
    ],
    signs: [
      { base: 'home', path: '.gemini/config' },
      { base: 'home', path: '.gemini/antigravity' },
    ],
    dialect: serverUrl,
    afterwards: restart('Antigravity'),
    note: '',
  },
  {
    id: 'zed',
    name: 'Zed',
    files: [
      { ...json('user', 'appData', 'Zed/settings.json', [['context_servers']]), platforms: ['darwin', 'win32'] },
      { ...json('user', 'appData', 'zed/settings.json', [['context_servers']]), platforms: ['linux'] },
      json('project', 'project', '.zed/settings.json', [['context_servers']]),
    ],
    signs: [
      { base: 'appData', path: 'Zed', platforms: ['darwin', 'win32'] },
      { base: 'appData', path: 'zed', platforms: ['linux'] },
    ],
    dialect: standard,
    afterwards: 'Zed reads the file again by itself.',
    note: '',
  },
  {
    id: 'cline',
    name: 'Cline',
    files: [
      json('user', 'appData', 'Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json'),
      json('user', 'home', '.cline/data/settings/cline_mcp_settings.json'),
    ],
    signs: [
      { base: 'appData', path: 'Code/User/globalStorage/saoudrizwan.claude-dev' },
      { base: 'home', path: '.cline' },
    ],
    dialect: cline,
    afterwards: 'Cline reads the file again by itself.',
    note: '',
  },
  {
    id: 'goose',
    name: 'Goose',
    files: [
      {
        ...{ scope: 'user', base: 'home', path: '.config/goose/config.yaml', format: 'yaml', keys: [['extensions']] },
        platforms: ['darwin', 'linux'],
      },
      {
        ...{ scope: 'user', base: 'appData', path: 'Block/goose/config/config.yaml', format: 'yaml' },
        keys: [['extensions']],
        platforms: ['win32'],
      },
    ],
    signs: [
      { base: 'home', path: '.config/goose', platforms: ['darwin', 'linux'] },
      { base: 'appData', path: 'Block/goose', platforms: ['win32'] },
    ],
    dialect: goose,
    afterwards: 'Start a new session of Goose.',
    note: '',
  },
  {
    id: 'opencode',
    name: 'opencode',
    files: ['.config/opencode/opencode.json', '.config/opencode/opencode.jsonc']
      .map((path) => json('user', 'home', path, [['mcp', 'servers'], ['mcp']]))
      .concat(
        ['opencode.json', 'opencode.jsonc'].map((path) =>
          json('project', 'project', path, [['mcp', 'servers'], ['mcp']]),
        ),
      ),
    signs: [{ base: 'home', path: '.config/opencode' }],
    dialect: opencode,
    afterwards: restart('opencode'),
    note: '',
  },
  {
    id: 'copilot-cli',
    name: 'Copilot CLI',
    files: [json('user', 'home', '.copilot/mcp-config.json'), json('project', 'project', '.mcp.json')],
    signs: [{ base: 'home', path: '.copilot' }],
    dialect: {
      remote: remote('url', { type: 'http', tools: ['*'] }),
      stdio: { ...stdio, extra: { type: 'stdio', tools: ['*'] } },
    },
    afterwards: 'Start a new session of Copilot CLI.',
    note: '',
  },
  {
    id: 'kiro',
    name: 'Kiro',
    files: [json('user', 'home', '.kiro/settings/mcp.json'), json('project', 'project', '.kiro/settings/mcp.json')],
    signs: [{ base: 'home', path: '.kiro' }],
    dialect: standard,
    afterwards: 'Kiro reads the file again by itself.',
    note: '',
  },
  {
    id: 'junie',
    name: 'JetBrains Junie',
    files: [json('user', 'home', '.junie/mcp/mcp.json'), json('project', 'project', '.junie/mcp/mcp.json')],
    signs: [{ base: 'home', path: '.junie' }],
    dialect: localOnly,
    afterwards: restart('the IDE'),
    note: 'It only starts programs, so it starts a small helper.',
  },
];
