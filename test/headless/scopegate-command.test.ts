import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { type CliRun, mainFile, runCli } from './run-cli.ts';
import { openUi } from './ui-client.ts';

const patience = { timeout: 15_000, interval: 50 };
const tokens = {
  CLAUDE_TOKEN: 'claude-token-claude-token-claude-token',
  READER_TOKEN: 'reader-token-reader-token-reader-token',
};

let folder = '';
const runs: CliRun[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scopegate-command-'));
});
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.child.kill('SIGKILL');
    await run.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function run(args: string[], env: Record<string, string> = {}): CliRun {
  const started = runCli(args, env, folder);
  runs.push(started);
  return started;
}

function writeConfig(): string {
  const file = path.join(folder, 'scopegate.yaml');
  writeFileSync(
    file,
    stringify({
      port: 0,
      servers: { notes: { command: process.execPath, args: [mainFile, 'demo-server'] } },
      agents: {
        claude: {
          token: 'env:CLAUDE_TOKEN',
          default: 'ask',
          tools: { notes__read_note: 'allow', notes__delete_note: 'deny' },
        },
        reader: { token: 'env:READER_TOKEN', tools: { notes__list_notes: 'allow' } },
      },
    }),
  );
  return file;
}

async function serve(extra: string[] = []) {
  const started = run(['serve', '--data-dir', 'data', '--config', writeConfig(), ...extra], tokens);
  const ready = await started.nextLine();
  return { run: started, mcp: String(ready.mcp), ready };
}

async function connect(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'test-agent', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider: { token: async () => token } }));
  return client;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('scopegate serve', () => {
  it('gives two declared agents what each may have, and ends cleanly with every child', async () => {
    const { run: started, mcp, ready } = await serve(['--login-link']);
    expect(ready).toEqual({ event: 'ready', mcp, ui: expect.any(String), pid: started.child.pid });
    const ui = await openUi(String((await started.nextLine()).url));

    const claude = await connect(mcp, tokens.CLAUDE_TOKEN);
    const reader = await connect(mcp, tokens.READER_TOKEN);
    const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name).sort();
    expect(await names(claude)).toEqual([
      'notes__list_notes',
      'notes__read_note',
      'notes__send_mail',
      'notes__write_note',
    ]);
    expect(await names(reader)).toEqual(['notes__list_notes']);
    const read = await claude.callTool({ name: 'notes__read_note', arguments: { name: 'shopping' } });
    expect(read.content).toEqual([{ type: 'text', text: 'Oat milk, rye bread, apples.' }]);
    await expect(claude.callTool({ name: 'notes__delete_note', arguments: { name: 'trip' } })).rejects.toThrow(
      'Unknown tool',
    );
    await expect(reader.callTool({ name: 'notes__read_note', arguments: { name: 'trip' } })).rejects.toThrow(
      'Unknown tool',
    );

    const { engine, agents, servers } = await ui.request('snapshot', {});
    expect(engine).toMatchObject({ host: 'headless', keyProtection: 'file-mode', state: 'running', mcpUrl: mcp });
    expect(agents.map(({ name, managed }) => [name, managed])).toEqual([
      ['claude', true],
      ['reader', true],
    ]);
    expect(servers).toMatchObject([{ id: 'notes', managed: true, reviewed: true, status: 'running' }]);
    const pid = servers[0]?.pid ?? 0;
    expect(isAlive(pid)).toBe(true);

    await claude.close();
    await reader.close();
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('asks a person over the bridge, and does exactly what the answer says', async () => {
    const { run: started, mcp } = await serve(['--login-link']);
    const ui = await openUi(String((await started.nextLine()).url));
    const claude = await connect(mcp, tokens.CLAUDE_TOKEN);
    for (const verdict of ['approve', 'deny'] as const) {
      const call = claude.callTool({ name: 'notes__write_note', arguments: { name: 'plan', text: verdict } });
      const approval = await vi.waitFor(async () => {
        const { approvals } = await ui.request('snapshot', {});
        const pending = approvals.find(({ status }) => status === 'pending');
        if (!pending) throw new Error('no approval yet');
        return pending;
      }, patience);
      expect(approval).toMatchObject({
        agentName: 'claude',
        tool: 'write_note',
        arguments: { name: 'plan', text: verdict },
      });
      const { id, digest } = approval;
      const now = Date.now();
      await ui.request('approvals.decide', {
        id,
        digest,
        verdict,
        denyReason: null,
        denyNote: null,
        input: 'pointer',
        shownAt: now,
        armedAt: now,
      });
      expect((await call).isError ?? false).toBe(verdict === 'deny');
    }
    const kept = await claude.callTool({ name: 'notes__read_note', arguments: { name: 'plan' } });
    expect(kept.content).toEqual([{ type: 'text', text: 'approve' }]);
    expect(ui.events.some(({ body }) => body.type === 'approval.changed')).toBe(true);
    ui.close();
    await claude.close();
  });

  it('runs a real server with paths relative to the configuration file', async () => {
    mkdirSync(path.join(folder, 'conf', 'workspace'), { recursive: true });
    writeFileSync(path.join(folder, 'conf', 'workspace', 'hello.txt'), 'hello from the workspace');
    writeFileSync(path.join(folder, 'conf', 'token'), `${tokens.CLAUDE_TOKEN}\n`);
    const server = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-filesystem/dist/index.js');
    writeFileSync(
      path.join(folder, 'conf', 'scopegate.yaml'),
      stringify({
        port: 0,
        servers: { files: { command: process.execPath, args: [server, './workspace'] } },
        agents: { claude: { token: 'file:token', tools: { 'files__*': 'deny', files__read_text_file: 'allow' } } },
      }),
    );
    const started = run(['serve', '--data-dir', 'data', '--config', 'conf/scopegate.yaml']);
    const client = await connect(String((await started.nextLine()).mcp), tokens.CLAUDE_TOKEN);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['files__read_text_file']);
    const read = await client.callTool({
      name: 'files__read_text_file',
      arguments: { path: path.join(folder, 'conf', 'workspace', 'hello.txt') },
    });
    expect(read.content).toMatchObject([{ type: 'text', text: 'hello from the workspace' }]);
    await client.close();
  });

  it('tells no token to its logs, its ready line or its files (security)', async () => {
    const { run: started, mcp } = await serve();
    const client = await connect(mcp, tokens.CLAUDE_TOKEN);
    await client.listTools();
    await client.close();
    expect(
      (await fetch(mcp, { method: 'POST', headers: { authorization: 'Bearer wrong-token-wrong-token' } })).status,
    ).toBe(401);
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);

    const files = readdirSync(path.join(folder, 'data'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const texts = await Promise.all(files.map((entry) => readFile(path.join(entry.parentPath, entry.name), 'latin1')));
    expect(texts.length).toBeGreaterThan(1);
    const all = [started.stdout(), started.stderr(), ...texts].join('\n');
    for (const token of Object.values(tokens)) expect(all).not.toContain(token);
    expect(all).not.toContain('login=');
    expect(started.stdout().trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses a wrong configuration with file, line and column, and exit code 1', async () => {
    const file = path.join(folder, 'bad.yaml');
    writeFileSync(file, 'port: 0\nservers:\n  notes: { comand: npx }\n');
    const started = run(['serve', '--data-dir', 'data', '--config', 'bad.yaml'], tokens);
    expect(await started.ended).toBe(1);
    expect(started.stderr()).toContain(`${file}:3:3: a server needs a command`);
    expect(started.stdout()).toBe('');
    expect(existsSync(path.join(folder, 'data'))).toBe(false);
  });

  it('names who holds the agents’ port, offers a free one, and moves nowhere by itself', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
    });
    const started = run(['serve', '--data-dir', 'data', '--port', String(port)]);
    expect(await started.ended).toBe(1);
    expect(started.stderr()).toContain(`Port ${port} is in use by`);
    if (process.platform === 'linux') expect(started.stderr()).toContain(`pid ${process.pid}`);
    expect(started.stderr()).toMatch(/--port \d+/);
    expect(started.stdout()).toBe('');
    await new Promise((resolve) => holder.close(resolve));
  });

  it('refuses a data folder that another one is using', async () => {
    await serve();
    const second = run(['serve', '--data-dir', 'data', '--port', '0']);
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toContain('Another ScopeGate');
  });

  it('answers a wrong command line with exit code 2', async () => {
    const started = run(['serve', '--prot', '1']);
    expect(await started.ended).toBe(2);
    expect(started.stderr()).toBe("scopegate: Unknown option '--prot'\nSee: scopegate help serve\n");
  });
});

describe('scopegate doctor', () => {
  it('asks a running gateway as an agent would, and never prints the token (security)', async () => {
    const { mcp } = await serve();
    const port = new URL(mcp).port;
    const doctor = run(['doctor', '--data-dir', 'data', '--port', port, '--json'], {
      SCOPEGATE_TOKEN: tokens.READER_TOKEN,
    });
    const code = await doctor.ended;
    const report = JSON.parse(doctor.stdout()) as {
      ok: boolean;
      findings: { name: string; status: string; found: string }[];
    };
    expect(report.findings.find(({ name }) => name === 'Gateway')).toMatchObject({
      status: 'ok',
      found: expect.stringContaining('lists 1 tools for this agent'),
    });
    expect(report.findings.find(({ name }) => name === 'In use')?.found).toMatch(/^by process \d+$/);
    expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
    expect(doctor.stdout() + doctor.stderr()).not.toContain(tokens.READER_TOKEN);
  });

  it('ends with 1 and the next step when a token is refused', async () => {
    const { mcp } = await serve();
    const tokenFile = path.join(folder, 'token');
    writeFileSync(tokenFile, 'not-a-token-of-any-agent-at-all-0000');
    const doctor = run(['doctor', '--data-dir', 'data', '--port', new URL(mcp).port, '--token-file', 'token']);
    expect(await doctor.ended).toBe(1);
    expect(doctor.stdout()).toMatch(/FAIL {2}Gateway .*does not answer this agent/);
    expect(doctor.stdout()).toContain('newest one');
  });
});

describe('scopegate demo', () => {
  it('shows calls, a refusal and a question within a minute, and leaves nothing behind', async () => {
    const temporary = path.join(folder, 'tmp');

    mkdirSync(temporary);
    const demo = run(['demo', '--login-link'], { TMPDIR: temporary });
    expect(await demo.nextLine()).toMatchObject({ event: 'ready' });
    const ui = await openUi(String((await demo.nextLine()).url));
    const seen = await vi.waitFor(
      async () => {
        const { calls, approvals, agents } = await ui.request('snapshot', {});
        const outcomes = new Set(calls.map(({ outcome }) => outcome));
        expect(outcomes).toContain('ok');
        // To the agent a blocked tool does not exist; its row is a refusal all the same.
        const blocked = calls.find(({ tool }) => tool.endsWith('delete_note'));
        expect(['denied', 'not_found']).toContain(blocked?.outcome);
        expect(approvals.some(({ status }) => status === 'pending')).toBe(true);
        return { agents, approvals };
      },
      { timeout: 30_000, interval: 250 },
    );
    for (const { name } of seen.agents) expect(name).toMatch(/^Demo /);
    ui.close();
    demo.child.kill('SIGINT');
    expect(await demo.ended).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  }, 60_000);
});
