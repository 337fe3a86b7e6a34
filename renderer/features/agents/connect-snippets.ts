/** What a person pastes into one client so that it reaches ScopeGate. */
export interface ConnectSnippet {
  id: string;
  /** The client's name. */
  client: string;
  /** Where the text goes: a file or the terminal. */
  where: string;
  text: string;
}

/**
 * Ready-to-paste configuration per client; shapes from the clients' own documentation.
 * @param url the agents' address, `http://127.0.0.1:PORT/mcp`
 * @param token the agent's bearer token; the snippets carry it in full
 */
export function connectSnippets(url: string, token: string): ConnectSnippet[] {
  const authorization = `Bearer ${token}`;
  const headers = { Authorization: authorization };
  return [
    {
      id: 'claude-code',
      client: 'Claude Code',
      where: 'Run in a terminal',
      text: `claude mcp add --transport http scopegate ${url} --header "Authorization: ${authorization}"`,
    },
    {
      id: 'cursor',
      client: 'Cursor',
      where: '~/.cursor/mcp.json',
      text: format({ mcpServers: { scopegate: { url, headers } } }),
    },
    {
      id: 'vscode',
      client: 'VS Code',
      where: 'mcp.json (command “MCP: Open User Configuration”)',
      text: format({ servers: { scopegate: { type: 'http', url, headers } } }),
    },
    {
      id: 'codex',
      client: 'Codex',
      where: '~/.codex/config.toml',
      text: [
        '[mcp_servers.scopegate]',
        `url = ${JSON.stringify(url)}`,
        `http_headers = { "Authorization" = ${JSON.stringify(authorization)} }`,
      ].join('\n'),
    },
    {
      id: 'other',
      client: 'Other',
      where: 'Any client that speaks Streamable HTTP',
      text: `${url}\nAuthorization: ${authorization}`,
    },
  ];
}

function format(value: object): string {
  return JSON.stringify(value, null, 2);
}
