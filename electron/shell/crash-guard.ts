import { app } from 'electron';
import type { LogPort } from '../engine/ports.ts';
import { reportFault } from './fault-dialog.ts';

/** Exit code of a bug in this process (`EX_SOFTWARE` of sysexits). */
const crashed = 70;

/**
 * A bug in the main process ends the app: an engine in an unknown state must not go on deciding. `stop` is awaited.
 * A rejection nobody handled is written down; in test mode it ends the app too.
 */
export function installCrashGuard(log: LogPort, testMode: boolean, stop: () => Promise<void>): void {
  let isEnding = false;

  async function end(error: unknown): Promise<void> {
    if (isEnding) return;
    isEnding = true;
    const stopped = stop().catch((failure: unknown) =>
      log.error('the engine did not stop', { reason: String(failure) }),
    );
    const fault = {
      message: 'ScopeGate has stopped because of a fault of its own.',
      fix: 'Start it again. If this comes back, copy the details into a bug report.',
      details: describe(error),
    };
    await reportFault(fault, log, testMode);
    await stopped;
    app.exit(crashed);
  }

  process.on('uncaughtException', (error) => void end(error));
  process.on('unhandledRejection', (reason) => {
    if (testMode) void end(reason);
    else log.error('a rejection was not handled', { details: describe(reason) });
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
