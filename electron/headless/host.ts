import type { DeclaredConfig, Engine, EngineOptions } from '../engine/contract.ts';
import type { EnginePorts, LogPort } from '../engine/ports.ts';
import type { LoginLink } from '../shared/bridge-socket.ts';
import { rendererDir } from './app-paths.ts';
import { HostStartError } from './host-start-error.ts';
import { type ManagementListener, openManagementListener } from './management/management-listener.ts';
import { openBrowser } from './open-browser.ts';

export type CreateEngine = (ports: EnginePorts, options: EngineOptions) => Promise<Engine>;

/** The engine and its user interface in one process. */
export interface Host {
  engine: Engine;
  ui: ManagementListener;
  /** Ends both, with every child. Safe to call twice. */
  stop(): Promise<void>;
}

/** Throws `EngineStartError` or `HostStartError`; nothing is left running then. */
export async function startHost(setup: {
  ports: EnginePorts;
  createEngine: CreateEngine;
  declared: DeclaredConfig | null;
  port: number | null;
  uiPort: number;
}): Promise<Host> {
  const { ports } = setup;
  const engine = await setup.createEngine(ports, { declared: setup.declared, port: setup.port });
  try {
    const ui = await openUi(engine, ports, setup.uiPort);
    let stopping: Promise<void> | null = null;
    const stop = async () => {
      await ui.close();
      await engine.stop();
    };
    return {
      engine,
      ui,
      stop: () => {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function openUi(engine: Engine, ports: EnginePorts, port: number): Promise<ManagementListener> {
  try {
    return await openManagementListener({ engine, clock: ports.clock, log: ports.log, port, rendererDir });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : 'needs more rights than this user has';
    throw new HostStartError(
      `The user interface's port ${port} ${why}.`,
      'Choose another with --ui-port, or leave it out for any free one.',
    );
  }
}

/** Where the host speaks to the outside: tests give their own. */
export interface Terminal {
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown; isTTY?: boolean };
}

/** True when a person can be expected to read what is written. */
export function isAttended(terminal: Terminal): boolean {
  return terminal.stdout.isTTY === true || terminal.stderr.isTTY === true;
}

/**
 * Gives the login link to whoever may have it: a program that asked for it (second line of stdout), a person at the
 * terminal, the default browser. To nobody else, so that it does not end up in a log.
 */
export async function showLoginLink(
  ui: ManagementListener,
  wanted: { loginLink: boolean; open: boolean },
  terminal: Terminal,
  log: LogPort,
): Promise<void> {
  if (wanted.loginLink) {
    terminal.stdout.write(`${JSON.stringify({ event: 'login', ...(ui.createLoginLink() satisfies LoginLink) })}\n`);
  } else if (isAttended(terminal)) {
    const stream = terminal.stderr.isTTY ? terminal.stderr : terminal.stdout;
    stream.write(
      `\nScopeGate is ready. Open this link in a browser on this machine (it works once, within 2 minutes):\n`,
    );
    stream.write(`  ${ui.createLoginLink().url}\n\n`);
  }
  if (wanted.open && !(await openBrowser(ui.createLoginLink().url))) {
    log.warn('no browser could be opened here; use the login link instead');
  }
}
