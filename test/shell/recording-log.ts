import type { LogPort } from '../../electron/engine/ports.ts';

/** A log that keeps its messages. */
export function createRecordingLog(): { log: LogPort; messages: string[] } {
  const messages: string[] = [];
  const record = (message: string): void => {
    messages.push(message);
  };
  return { log: { info: record, warn: record, error: record }, messages };
}
