import type { HelpTopic } from './cli.ts';

const overview = `ScopeGate decides, asks, and writes down what your AI agents do through MCP servers.

Usage: scopegate COMMAND [options]

  serve     run the gateway here and show it in a browser
  connect   lets an agent that only starts programs (stdio) use the gateway
  verify    prove that the audit log is whole, and say what is proven
  tail      print the audit log as lines of JSON, and follow it
  demo      try it with throw-away data, a made-up server and made-up agents
  doctor    check this machine and a running gateway, and say what to do
  help      show this text, or the options of a command: scopegate help serve

  --version show the version
`;

const topics: Record<HelpTopic, string> = {
  serve: `Usage: scopegate serve [options]

  --data-dir DIR   where everything is kept (default: the desktop app's own folder)
  --config FILE    servers and agents declared in a YAML file; they are shown but cannot be edited
  --port N         the agents' port; 0 = any free port (default: as declared, else as last chosen)
  --ui-port N      the user interface's port (default: any free port)
  --login-link     print the one-time login link even when no person is at the terminal
  --open           open the login link in the default browser
  --passphrase-file F  opens the vault of credentials at the start (and makes it at the first one); only you may be
                   able to read the file (mode 0600)

When ready, one line of JSON is written to stdout:
  {"event":"ready","mcp":"http://127.0.0.1:PORT/mcp","ui":"http://127.0.0.1:PORT2/","pid":N}
and with --login-link a second one:
  {"event":"login","url":"http://127.0.0.1:PORT2/#login=...","expiresAt":MILLISECONDS}
On a terminal, without --login-link, the link is shown there in words. It works once, within two minutes.
Everything else goes to stderr. SIGTERM or Ctrl-C ends it with every server it started; a second one ends it at once.

When the agents' port is taken, it ends with an error that names the holder and a free port, except where a person is
there to choose: on a terminal or with --open, and neither --config nor --port given. Then "mcp" is null until a port
is chosen in the user interface.

Exit codes: 0 ended as asked, 1 could not start or broke, 2 wrong command line.
`,
  demo: `Usage: scopegate demo [options]

Runs a gateway on throw-away data with a made-up notes server and two made-up agents that keep calling it, so that rows,
a refusal and a question to you appear within a minute. Nothing leaves this machine; all of it is removed at the end.

  --port N         the agents' port (default: any free port)
  --ui-port N      the user interface's port (default: any free port)
  --login-link     print the one-time login link even when no person is at the terminal
  --open           open the login link in the default browser
`,
  connect: `Usage: scopegate connect [options]

An MCP server over stdio that passes every message to the running gateway and back, unchanged. Put it into the
configuration of an agent that cannot use a URL. The agent's token is read from the environment variable
SCOPEGATE_TOKEN or from a file, never from the command line.

  --token-file F   file with the token; only you may be able to read it (mode 0600)
  --server ID      this server alone, its tools under their own names (default: all servers)
  --url URL        the gateway, on this machine (default: at the port last chosen in the app)
  --data-dir DIR   where the app keeps its port (default: the desktop app's own folder)

When the app is not running each request is answered with an error that says so; when it is started again the agent goes
on where it was. Ends when its input ends.

Exit codes: 0 ended as asked, 1 could not start or broke, 2 wrong command line.
`,
  doctor: `Usage: scopegate doctor [options]

  --data-dir DIR   the data folder to check (default: the desktop app's own folder)
  --port N         the agents' port to check (default: as last chosen)
  --token-file F   file with an agent's token, to ask a running gateway for its tools; or set SCOPEGATE_TOKEN
  --json           write the findings as JSON

Exit codes: 0 nothing is broken, 1 something is, 2 wrong command line.
`,
  tail: `Usage: scopegate tail [options]

Prints the newest entries of the audit log, one JSON object on a line. Reads only; works without the app, and while it
runs.

  --follow         go on with new entries until it is ended
  --lines N        begin with the newest N entries that fit (default: 10)
  --filter K:V     only entries that fit; K is agent, server, tool or event (V is a part of the name), or outcome, tier
                   or rule (V is all of it). Give it several times: every K must fit, one V of a K is enough
  --data-dir DIR   the data folder (default: the desktop app's own folder)

Exit codes: 0 ended as asked, 1 the log could not be read, 2 wrong command line.
`,
  verify: `Usage: scopegate verify [options]

Checks the audit log: every row against its hash and the row before it, the signed checkpoints, and the files beside the
database that show when rows were cut off or an older database was put back. Reads only; works without the app and
without its key, and also while it runs. docs/audit-format.md describes what is checked, byte by byte.

  --data-dir DIR   the data folder (default: the desktop app's own folder)
  --head SEQ:HASH  a row and its hash noted from an earlier run; it must still be in the log
  --json           write the report as JSON

Exit codes: 0 the log is whole, 1 it is broken or rows were lost, 2 wrong command line, 3 it could not be verified.
`,
};

export function helpText(topic: HelpTopic | null): string {
  return topic === null ? overview : topics[topic];
}
