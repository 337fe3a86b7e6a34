import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openSse, openStdio } from './client.ts';
import { noteStart } from './processes.ts';
import { asIs, type RunningTarget, runningHttp, type Target } from './targets.ts';

/** The field's programs that npm installs, at the versions that were measured. */
const packages: Record<string, string> = {
  '@civic/passthrough-mcp-server': '0.12.1',
  'mcp-hub': '4.2.1',
  'mcp-proxy': '6.7.19',
  'mcp-remote': '0.15.1',
  supergateway: '4.0.0',
  ...(process.platform === 'linux' && process.arch === 'x64' ? { '@chaindead/tooner_linux_amd64': '0.2.6' } : {}),
};

/**
 * Installs them into a folder of their own, once, without their install scripts: they are measured, never part of the
 * product. Returns their `node_modules`; null when they could not be fetched.
 */
export function installPeers(root: string, say: (line: string) => void): string | null {
  const folder = join(root, '.cache', 'bench-peers');
  const modules = join(folder, 'node_modules');
  const isThere = Object.keys(packages).every((name) => existsSync(join(modules, name)));
  if (isThere) return modules;
  say('installing the programs to compare with');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  try {
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return modules;
  } catch {
    say('they could not be installed; measuring without them');
    return null;
  }
}

/** A port nobody holds at this moment, for programs that cannot choose one themselves. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const attemptMs = 4_000;

/** Tries until the program serves, for at most 30 s. */
async function whenServing<T>(child: ChildProcess, attempt: () => Promise<T>): Promise<T> {
  const until = Date.now() + 30_000;
  for (;;) {
    try {
      // a program that accepts and says nothing yet would hold an attempt for ever
      return await Promise.race([attempt(), delay(attemptMs).then(() => Promise.reject(new Error('no answer')))]);
    } catch (error) {
      if (child.exitCode !== null || Date.now() > until) throw error;
      await delay(25);
    }
  }
}

/** The installed programs as targets. `modules`: where npm put them; `tempDir`: their home, so that they touch no other. */
export function makePeers(modules: string, tempDir: string): Target[] {
  const run: Run = (file, args, env = {}) =>
    noteStart(
      spawn(process.execPath, [join(modules, file), ...args], {
        stdio: ['pipe', 'pipe', 'ignore'],
        cwd: tempDir,
        env: { ...process.env, HOME: tempDir, XDG_CONFIG_HOME: tempDir, ...env },
      }),
    );

  async function serve(
    child: ChildProcess,
    url: string,
    name: (tool: string) => string = asIs,
  ): Promise<RunningTarget> {
    child.stdout?.resume();
    const running = runningHttp(child, url, { toolName: name });
    const first = await whenServing(child, () => running.connect());
    first.close();
    return running;
  }

  const civic: Target = {
    name: '@civic/passthrough-mcp-server',
    kind: 'peer',
    front: 'http',
    async start({ url }) {
      const port = await freePort();
      const child = run('@civic/passthrough-mcp-server/dist/cli.js', [], {
        PORT: String(port),
        TARGET_SERVER_URL: url,
        TARGET_SERVER_TRANSPORT: 'httpStream',
      });
      return serve(child, `http://127.0.0.1:${port}/mcp`);
    },
  };

  const mcpRemote: Target = {
    name: 'mcp-remote',
    kind: 'peer',
    front: 'http',
    async start({ url }) {
      const child = run('mcp-remote/dist/proxy.js', [url, '--allow-http', '--transport', 'http-only']);
      const client = await openStdio(child);
      // one program, one session: every connection is this one
      return runningHttp(child, url, { connect: async () => ({ send: client.send, close: () => {} }) });
    },
  };

  const supergateway: Target = {
    name: 'supergateway',
    kind: 'peer',
    front: 'stdio',
    async start({ command }) {
      const port = await freePort();
      const flags = ['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port), '--logLevel', 'none'];
      const child = run('supergateway/dist/index.js', ['--stdio', command.join(' '), ...flags]);
      return serve(child, `http://127.0.0.1:${port}/mcp`);
    },
  };

  const mcpProxy: Target = {
    name: 'mcp-proxy',
    kind: 'peer',
    front: 'stdio',
    async start({ command }) {
      const port = await freePort();
      const flags = ['--port', String(port), '--host', '127.0.0.1', '--server', 'stream'];
      const child = run('mcp-proxy/dist/bin/mcp-proxy.mjs', [...flags, '--', ...command]);
      return serve(child, `http://127.0.0.1:${port}/mcp`);
    },
  };

  const tooner: Target = {
    name: '@chaindead/tooner',
    kind: 'peer',
    front: 'stdio',
    async start({ command }) {
      const program = join(modules, '@chaindead/tooner_linux_amd64/tooner');
      const child = noteStart(spawn(program, command, { stdio: ['pipe', 'pipe', 'ignore'], cwd: tempDir }));
      const client = await openStdio(child);
      return runningHttp(child, '', { connect: async () => ({ send: client.send, close: () => {} }) });
    },
  };

  return [
    civic,
    mcpRemote,
    makeHub('http', run, tempDir),
    makeHub('stdio', run, tempDir),
    supergateway,
    mcpProxy,
    tooner,
  ];
}

async function writeConfig(folder: string, name: string, value: object): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(value));
  return file;
}

type Run = (file: string, args: string[], env?: NodeJS.ProcessEnv) => ChildProcess;

function makeHub(front: 'http' | 'stdio', run: Run, tempDir: string): Target {
  return {
    name: front === 'http' ? 'mcp-hub' : 'mcp-hub, stdio',
    kind: 'peer',
    front,
    async start({ url, command: [program = '', ...args] }) {
      const port = await freePort();
      const server = front === 'http' ? { url } : { command: program, args };
      const config = await writeConfig(tempDir, `hub-${port}.json`, { mcpServers: { up: server } });
      const child = run('mcp-hub/dist/cli.js', ['--port', String(port), '--config', config]);
      child.stdout?.resume();
      const address = `http://127.0.0.1:${port}/mcp`;
      const running = runningHttp(child, address, {
        connect: () => openSse(address),
        toolName: (tool) => `up__${tool}`,
      });
      await whenServing(child, async () => {
        const client = await running.connect();
        try {
          await client.send('tools/call', { name: 'up__echo', arguments: { text: 'ready' } });
        } finally {
          client.close();
        }
      });
      return running;
    },
  };
}
