import type { DeclaredConfig } from '../engine/contract.ts';
import type { ListenerFault } from '../shared/index.ts';
import { defaultDataDir, readVersion } from './app-paths.ts';
import { boundYoungGeneration } from './bound-heap.ts';
import type { ServeOptions } from './cli.ts';
import { formatConfigProblems, readDeclaredConfig } from './declared-config.ts';
import { type CreateEngine, type Host, isAttended, showLoginLink, startHost, type Terminal } from './host.ts';
import { HostStartError } from './host-start-error.ts';
import { createLogPort } from './log-port.ts';
import { readPassphraseFile } from './passphrase-file.ts';
import { createHeadlessPorts } from './ports.ts';

/** What `serve` needs of its process. */
export interface ServeContext {
  terminal: Terminal;
  env: Readonly<Record<string, string | undefined>>;
  createEngine: CreateEngine;
  /** Resolves when the process is asked to end. */
  ended: Promise<unknown>;
  /** Called once the gateway is up. */
  onReady?(mcpUrl: string): void;
}

/** Runs until asked to end. Throws `EngineStartError` or `HostStartError` when it cannot start. */
export async function runServe(options: ServeOptions, context: ServeContext): Promise<void> {
  boundYoungGeneration();
  const declared = options.configFile === null ? null : await loadConfig(options.configFile, context.env);
  const log = createLogPort(context.terminal.stderr, Date.now);
  const dataDir = options.dataDir ?? defaultDataDir(context.env);
  const passphrase = options.passphraseFile === null ? null : readPassphraseFile(options.passphraseFile);
  const host = await startHost({
    ports: await createHeadlessPorts({ dataDir, version: readVersion(), log, env: context.env, passphrase }),
    createEngine: context.createEngine,
    declared,
    port: options.port,
    uiPort: options.uiPort,
  });
  try {
    const { mcpUrl, listenerFault } = host.engine.status();
    if (listenerFault !== null && !canChoosePort(options, context.terminal)) throw describeListenerFault(listenerFault);
    announce(host, mcpUrl, context.terminal);
    await showLoginLink(host.ui, options, context.terminal, log);
    if (mcpUrl !== null) context.onReady?.(mcpUrl);
    await context.ended;
  } finally {
    await host.stop();
  }
}

async function loadConfig(file: string, env: ServeContext['env']): Promise<DeclaredConfig> {
  const result = await readDeclaredConfig(file, env);
  if (result.ok) return result.config;
  throw new HostStartError(
    `The configuration cannot be used.\n${formatConfigProblems(result.file, result.problems)}`,
    'Correct the file and start again; nothing was started.',
  );
}

function announce(host: Host, mcpUrl: string | null, terminal: Terminal): void {
  terminal.stdout.write(`${JSON.stringify({ event: 'ready', mcp: mcpUrl, ui: host.ui.url, pid: process.pid })}\n`);
}

/** A port that a file or a flag asks for is not a person's to move; else the user interface offers another. */
function canChoosePort(options: ServeOptions, terminal: Terminal): boolean {
  return (options.open || isAttended(terminal)) && options.configFile === null && options.port === null;
}

function describeListenerFault(fault: ListenerFault): HostStartError {
  const holder = fault.holder === null || fault.message.includes(fault.holder) ? '' : ` It is held by ${fault.holder}.`;
  const offer =
    fault.freePort === null ? 'Choose another with --port' : `Port ${fault.freePort} is free: --port ${fault.freePort}`;
  return new HostStartError(`${fault.message}${holder}`, `${offer}, or end the program that holds it.`);
}
