import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LogPort } from '../../engine/ports.ts';
import { readVersion } from '../app-paths.ts';
import type { DemoOptions } from '../cli.ts';
import type { Terminal } from '../host.ts';
import { createLogPort } from '../log-port.ts';
import { runServe, type ServeContext } from '../serve.ts';
import { runDemoAgent } from './demo-agent.ts';
import { demoCast, demoConfig } from './demo-script.ts';

/** Runs the demo until asked to end, then removes everything it wrote. Throws what `serve` throws. */
export async function runDemo(options: DemoOptions, context: ServeContext): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'scopegate-demo-'));
  const tokens = new Map(demoCast.map(({ tokenVariable }) => [tokenVariable, randomBytes(32).toString('base64url')]));
  const log = createLogPort(context.terminal.stderr, Date.now);
  const stopped = new AbortController();
  try {
    const configFile = path.join(dataDir, 'demo.yaml');
    await writeFile(configFile, demoConfig(process.execPath, [process.argv[1] ?? '', 'demo-server']), { mode: 0o600 });
    let agents: Promise<unknown> = Promise.resolve();
    await runServe(
      { dataDir, configFile, passphraseFile: null, ...options },
      {
        ...context,
        env: { ...context.env, ...Object.fromEntries(tokens) },
        onReady: (mcpUrl) => {
          introduce(context.terminal);
          agents = playAll(mcpUrl, tokens, stopped.signal, log);
        },
        ended: context.ended.finally(async () => {
          stopped.abort();
          await agents;
        }),
      },
    );
  } finally {
    stopped.abort();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function introduce(terminal: Terminal): void {
  if (!terminal.stderr.isTTY) return;
  terminal.stderr.write(
    'This is a demo: its agents, server and notes are made up, and all of it is removed at the end (Ctrl-C).\n' +
      'Within a minute you see calls, a refusal, and a question to you.\n',
  );
}

function playAll(
  url: string,
  tokens: ReadonlyMap<string, string>,
  signal: AbortSignal,
  log: LogPort,
): Promise<unknown> {
  const version = readVersion();
  return Promise.all(
    demoCast.map(({ clientName, tokenVariable, steps }) =>
      runDemoAgent({
        name: clientName,
        version,
        url,
        token: tokens.get(tokenVariable) ?? '',
        steps,
        signal,
        log,
      }).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
        if (!signal.aborted) log.error('a demo agent ended', { agent: clientName, reason });
      }),
    ),
  );
}
