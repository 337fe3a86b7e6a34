import { app, clipboard, dialog } from 'electron';
import { EngineStartError } from '../engine/contract.ts';
import type { LogPort } from '../engine/ports.ts';

/** What a person is told when the app cannot go on. */
export interface Fault {
  message: string;
  fix: string;
  /** For a bug report: code and stack, no data of calls. */
  details: string;
}

/** Puts any failure to start into words. */
export function describeStartFault(error: unknown): Fault {
  if (error instanceof EngineStartError) {
    return { message: error.message, fix: error.fix, details: `${error.code}: ${error.message}\n${error.fix}` };
  }
  return {
    message: 'ScopeGate could not start.',
    fix: 'Copy the details into a bug report. Your data has not been changed.',
    details: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}

/** Shows the fault until the person has had enough of it. In test mode it is only written to the log. */
export async function reportFault(fault: Fault, log: LogPort, testMode: boolean): Promise<void> {
  log.error(fault.message, { fix: fault.fix, details: fault.details });
  if (testMode) return;
  await app.whenReady();
  const copy = 1;
  for (;;) {
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'ScopeGate',
      message: fault.message,
      detail: fault.fix,
      buttons: ['Quit', 'Copy details'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response !== copy) return;
    clipboard.writeText(fault.details);
  }
}
